// A source that is JSON: a paged HTTP endpoint described in the rules, or one document in a file or blob.
import { AppError } from "../core/errors.ts";
import type { PeopleRead } from "../core/person.ts";
import { throwIfAborted } from "../http/aborted.ts";
import type { PeopleSource } from "../ports.ts";
import { askAuthenticated } from "./authentication.ts";
import { judgeRead, type ReadFacts } from "./completeness.ts";
import { guardedStream, type Progress } from "./guarded-stream.ts";
import { type DocumentShape, readDocument } from "./json-document.ts";
import { compilePath } from "./json-path.ts";
import { createJsonRows, type JsonRows } from "./json-rows.ts";
import type { JsonSettings } from "./json-settings.ts";
import { openLocation } from "./location.ts";
import { createMapping } from "./mapping.ts";
import { createPager } from "./next-page.ts";
import { readPages } from "./paged.ts";
import type { SourceConfig } from "./source-config.ts";
import type { SourceDeps } from "./source-deps.ts";
import { checkSourceUrl } from "./source-url.ts";

type Config = SourceConfig & JsonSettings;
type TransferFacts = Omit<ReadFacts, "source" | "rows" | "people" | "problems">;

/** Larger documents are refused: text and objects of one stand in memory together. */
const maxDocumentBytes = 256 * 1024 * 1024;

/** @throws CONFIG_INVALID when the mapping cannot be used, or when not exactly one of `url` and `location` is there */
export function createJsonSource(config: Config, deps: SourceDeps): PeopleSource {
  const mapping = createMapping(config, deps.expressions);
  const shape = {
    itemsOf: compilePath(config.items),
    totalOf: config.total === undefined ? undefined : compilePath(config.total),
  };
  const transfer = createTransfer(config, deps, shape);
  return {
    name: config.name,
    async read(signal): Promise<PeopleRead> {
      throwIfAborted(signal);
      const rows = createJsonRows(config.name, mapping);
      const facts = await transfer(rows, signal);
      const result = rows.finish();
      return judgeRead(
        { ...facts, ...result, source: config.name, faults: [...result.faults, ...facts.faults] },
        { expect: config.expect, memory: deps.memory, now: deps.clock.now() },
      );
    },
  };
}

type Transfer = (rows: JsonRows, signal: AbortSignal) => Promise<TransferFacts>;

function createTransfer(config: Config, deps: SourceDeps, shape: DocumentShape): Transfer {
  const { url, location } = config;
  if (url !== undefined && location === undefined) return createEndpointTransfer(config, url, deps, shape);
  if (location !== undefined && url === undefined) return createDocumentTransfer(config, location, deps, shape);
  const found = url === undefined ? "neither" : "both";
  throw new AppError(
    "CONFIG_INVALID",
    `Cannot use source "${config.name}": it has ${found} of url and location, expected one`,
  );
}

function createEndpointTransfer(config: Config, address: string, deps: SourceDeps, shape: DocumentShape): Transfer {
  const checked = checkSourceUrl(address);
  if (!checked.ok)
    throw new AppError("CONFIG_INVALID", `Cannot use the url of source "${config.name}": ${checked.reason}`);
  const pager = createPager(checked.url, config.paging);
  return (rows, signal) => {
    const get = (url: string) =>
      askAuthenticated(
        (headers) =>
          deps.httpGet({ url, headers: { accept: "application/json", ...config.headers, ...headers } }, signal),
        config.authentication,
        deps,
        signal,
      );
    return readPages({ pager, shape, get, onItems: (items) => rows.take(items) });
  };
}

function createDocumentTransfer(config: Config, location: string, deps: SourceDeps, shape: DocumentShape): Transfer {
  return async (rows, signal) => {
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
  };
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
