// A source that is JSON: a paged HTTP endpoint described in the rules, or one document in a file or blob.
import type { PeopleRead } from "../core/person.ts";
import { throwIfAborted } from "../http/aborted.ts";
import type { PeopleSource } from "../ports.ts";
import { judgeRead, type ReadFacts } from "./completeness.ts";
import { createEndpointSource, type Endpoint } from "./endpoint.ts";
import { guardedStream, type Progress } from "./guarded-stream.ts";
import { type DocumentShape, readDocument } from "./json-document.ts";
import { compilePath } from "./json-path.ts";
import { createJsonRows, type JsonRows } from "./json-rows.ts";
import type { JsonSettings } from "./json-settings.ts";
import { openLocation } from "./location.ts";
import { createMapping } from "./mapping.ts";
import { openLeftOut } from "./open-left-out.ts";
import { getPage } from "./page-request.ts";
import type { SourceConfig } from "./source-config.ts";
import type { SourceDeps } from "./source-deps.ts";
import { unusable } from "./source-kind.ts";
import { checkSourceUrl } from "./source-url.ts";

type Config = SourceConfig & JsonSettings;
type TransferFacts = Omit<ReadFacts, "source" | "rows" | "people" | "problems">;

/** Larger documents are refused: text and objects of one stand in memory together. */
const maxDocumentBytes = 256 * 1024 * 1024;

/** @throws CONFIG_INVALID when the mapping cannot be used, or when not exactly one of `url` and `location` is there */
export function createJsonSource(config: Config, deps: SourceDeps): PeopleSource {
  const { url, location } = config;
  if (url !== undefined && location === undefined)
    return createEndpointSource(config, deps, () => endpointOf(config, url));
  if (location !== undefined && url === undefined) return createDocumentSource(config, location, deps);
  const found = url === undefined ? "neither" : "both";
  throw unusable(config.name, `it has ${found} of url and location, expected one`);
}

function shapeOf({ items, total }: JsonSettings): DocumentShape {
  return { itemsOf: compilePath(items), totalOf: total === undefined ? undefined : compilePath(total) };
}

function endpointOf(config: Config, address: string): Endpoint {
  const checked = checkSourceUrl(address);
  if (!checked.ok) throw unusable(config.name, `its url cannot be used: ${checked.reason}`);
  const { method, body, paging, authentication, headers, id } = config;
  const first = { method, url: checked.url, body: method === "POST" ? (body ?? {}) : undefined };
  const idOf = id === undefined ? {} : { idOf: compilePath(id) };
  const endpoint = { authentication, headers, shape: shapeOf(config), ...idOf, pages: () => ({ first, paging }) };
  const { worker } = config;
  if (worker === undefined) return endpoint;
  const textOf = (number: string) => worker.replaceAll("{employeeNumber}", encodeURIComponent(number));
  const { origin } = checked.url;
  const found = URL.canParse(textOf("1"), origin) ? new URL(textOf("1"), origin).origin : "no address";
  if (found !== origin) throw unusable(config.name, `its worker address leads to "${found}", expected "${origin}"`);
  // A counting pager would ask an address of one worker for a second page without need; where the total says that there
  // is one, nothing is taken from the first.
  const links = paging.kind === "nextLink" || paging.kind === "cursor" ? { paging } : {};
  const shape = { ...endpoint.shape, totalOptional: true };
  return { ...endpoint, worker: (number) => ({ first: getPage(new URL(textOf(number), origin)), shape, ...links }) };
}

function createDocumentSource(config: Config, location: string, deps: SourceDeps): PeopleSource {
  const mapping = createMapping(config, deps.expressions);
  const shape = shapeOf(config);
  return {
    name: config.name,
    async read(signal): Promise<PeopleRead> {
      throwIfAborted(signal);
      const rows = createJsonRows(config.name, mapping, { leftOut: openLeftOut(config.name, deps) });
      const facts = await transferDocument(config, location, deps, { shape, rows, signal });
      const result = rows.finish();
      return judgeRead(
        { ...facts, ...result, source: config.name, faults: [...result.faults, ...facts.faults] },
        { expect: config.expect, memory: deps.memory, now: deps.clock.now() },
      );
    },
  };
}

type Transfer = { readonly shape: DocumentShape; readonly rows: JsonRows; readonly signal: AbortSignal };

async function transferDocument(
  config: Config,
  location: string,
  deps: SourceDeps,
  { shape, rows, signal }: Transfer,
): Promise<TransferFacts> {
  const opened = await openLocation({ ...config, location }, deps, signal);
  try {
    const progress: Progress = { bytes: 0 };
    const text = await readText(guardedStream(config.name, opened.stream, progress, signal));
    const page = text === undefined ? undefined : readDocument(text, shape);
    const faults = (page?.faults ?? [`is larger than ${maxDocumentBytes} bytes`]).map(
      (fault) => `The document ${fault}`,
    );
    if (progress.failure !== undefined) faults.push(progress.failure);
    if ((await opened.changed?.()) === true) faults.push("The file was written to while it was read");
    rows.take(page?.items ?? []);
    const { etag, modifiedAt, size: expectedBytes } = opened;
    return { faults, expectedRows: page?.total, etag, modifiedAt, bytes: progress.bytes, expectedBytes };
  } finally {
    await opened.close?.();
  }
}

/** The whole text, or undefined when it is too large. */
async function readText(chunks: AsyncIterable<Uint8Array>): Promise<string | undefined> {
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of chunks) {
    bytes += chunk.byteLength;
    if (bytes > maxDocumentBytes) return undefined;
    parts.push(chunk);
  }
  return Buffer.concat(parts).toString("utf8");
}
