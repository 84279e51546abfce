// Reads a collection whole. Pages are found by following `nextLink`, one after the other. The links count by `$skip`, so
// an insert or delete by somebody else shifts what is still to come: a list that moved is read again from its start.

import { unexpected } from "./errors.ts";
import type { ApimCall, Resource } from "./resource.ts";
import { decodePage, type Page, parseJson } from "./wire.ts";

export type PageOptions = {
  /** Sent as `$top`; the service's own page size where absent. */
  readonly pageSize: number | undefined;
};

type Collection<T> = Pick<ApimCall, "action" | "path" | "query"> & {
  readonly decode: (raw: unknown) => T;
  /** `allowed`: what one reading finds is enough, though the list moved meanwhile. */
  readonly partial?: "allowed" | undefined;
};

type Reading<T> =
  | { readonly kind: "whole"; readonly items: readonly T[] }
  | { readonly kind: "moved"; readonly why: string };

const readings = 3;

/** Every item, each id once, unless a part is enough. A total that changes between pages or differs from the rows, and an id that comes twice,
 * show that the list moved. @throws APIM_UNEXPECTED when it moved under three readings, and as `Resource.send` */
export async function readPages<T extends { readonly id: string }>(
  resource: Resource,
  collection: Collection<T>,
  options: PageOptions,
  signal: AbortSignal,
): Promise<readonly T[]> {
  let why = "";
  for (let reading = 1; reading <= readings; reading += 1) {
    const result = await readOnce(resource, collection, options, signal);
    if (result.kind === "whole") return result.items;
    why = result.why;
  }
  throw unexpected(collection.action, `${why} in each of ${readings} readings, expected a list that holds still`);
}

async function readOnce<T extends { readonly id: string }>(
  resource: Resource,
  collection: Collection<T>,
  options: PageOptions,
  signal: AbortSignal,
): Promise<Reading<T>> {
  const { action, decode, path } = collection;
  const query = { ...collection.query, ...(options.pageSize === undefined ? {} : { $top: String(options.pageSize) }) };
  const items = new Map<string, T>();
  const links = new Set<string>();
  const whole = collection.partial === undefined;
  let total: number | undefined;

  let response = await resource.send({ action, method: "GET", path, query, expect: [200] }, signal);
  for (;;) {
    const page: Page<T> = decodePage(parseJson(response.body, action), decode);
    const before = items.size;
    for (const item of page.items) items.set(item.id, item);
    const why = whole ? shiftOf(page, total, items.size - before) : undefined;
    if (why !== undefined) return moved(why);
    total ??= page.count;
    if (page.nextLink === undefined) break;
    if (links.has(page.nextLink)) throw unexpected(action, "a next link came twice, expected each page once");
    links.add(page.nextLink);
    response = await resource.follow({ action, address: page.nextLink, query, expect: [200] }, signal);
  }
  if (whole && total !== undefined && total !== items.size)
    return moved(`${items.size} rows came for a total of ${total}`);
  return { kind: "whole", items: [...items.values()] };
}

/** How a page shows that the list moved; `total` is that of the first page. */
function shiftOf(page: Page<unknown>, total: number | undefined, added: number): string | undefined {
  if (total !== undefined && page.count !== undefined && page.count !== total) return "the total changed between pages";
  return added === page.items.length ? undefined : "an id came twice";
}

function moved(why: string): { readonly kind: "moved"; readonly why: string } {
  return { kind: "moved", why };
}
