// Which page comes after this one, for each way in which HR systems page. Only addresses: asking is `paged.ts`'s.
import { compilePath } from "./json-path.ts";
import type { Paging } from "./json-settings.ts";

export type PageSeen = {
  readonly url: URL;
  readonly document: unknown;
  readonly linkHeader: string | undefined;
  readonly items: number;
  /** Of all pages up to this one. */
  readonly itemsSoFar: number;
  /** 1 for the first. */
  readonly page: number;
  /** What the source says is there in all. */
  readonly total: number | undefined;
};

export type NextPage =
  | { readonly kind: "end" }
  | { readonly kind: "more"; readonly url: URL }
  | { readonly kind: "fault"; readonly reason: string };

export type Pager = { readonly first: URL; next(seen: PageSeen): NextPage };

const end: NextPage = { kind: "end" };

/** The pages of an endpoint. Counting pagers go on until the total is reached, or without one until a page is empty:
 * a short page proves nothing, since servers lower the limit that was asked for. */
export function createPager(url: URL, paging: Paging): Pager {
  switch (paging.kind) {
    case "none":
      return { first: url, next: () => end };
    case "nextLink": {
      const linkOf = paging.path === undefined ? undefined : compilePath(paging.path);
      const next = (seen: PageSeen) =>
        followLink(linkOf === undefined ? linkRel(seen.linkHeader) : linkOf(seen.document), seen.url);
      return { first: url, next };
    }
    case "cursor": {
      const cursorOf = compilePath(paging.path);
      return { first: url, next: (seen) => followCursor(cursorOf(seen.document), url, paging.param) };
    }
    case "offset": {
      const asked = withParams(url, { [paging.limitParam ?? ""]: paging.limit });
      const at = (offset: number) => withParams(asked, { [paging.param]: offset });
      const next = (seen: PageSeen) => (isLast(seen) ? end : more(at(paging.first + seen.itemsSoFar)));
      return { first: at(paging.first), next };
    }
    case "page": {
      const asked = withParams(url, { [paging.sizeParam ?? ""]: paging.size });
      const at = (page: number) => withParams(asked, { [paging.param]: page });
      const next = (seen: PageSeen) => (isLast(seen) ? end : more(at(paging.first + seen.page)));
      return { first: at(paging.first), next };
    }
  }
}

function more(url: URL): NextPage {
  return { kind: "more", url };
}

function isLast(seen: PageSeen): boolean {
  return seen.items === 0 || (seen.total !== undefined && seen.itemsSoFar >= seen.total);
}

function withParams(url: URL, params: Readonly<Record<string, string | number | undefined>>): URL {
  const result = new URL(url);
  for (const [name, value] of Object.entries(params)) {
    if (name !== "" && value !== undefined) result.searchParams.set(name, String(value));
  }
  return result;
}

function isNothing(value: unknown): boolean {
  return value === undefined || value === null || value === "" || value === false;
}

/** A link may be relative. One that leads to another origin would take the credential along. */
function followLink(link: unknown, current: URL): NextPage {
  if (isNothing(link)) return end;
  if (typeof link !== "string" || !URL.canParse(link, current.href))
    return { kind: "fault", reason: "The next link is no address" };
  const url = new URL(link, current);
  if (url.origin === current.origin) return more(url);
  return { kind: "fault", reason: `The next link leads to "${url.origin}", expected "${current.origin}"` };
}

function followCursor(cursor: unknown, url: URL, param: string): NextPage {
  if (isNothing(cursor)) return end;
  if (typeof cursor !== "string" && typeof cursor !== "number")
    return { kind: "fault", reason: "The next cursor is no text" };
  return more(withParams(url, { [param]: cursor }));
}

/** The target of `rel="next"` (RFC 8288). */
function linkRel(header: string | undefined): string | undefined {
  for (const [, target, parameters] of (header ?? "").matchAll(/<([^>]*)>([^<]*)/g)) {
    const relations = /;\s*rel\s*=\s*(?:"([^"]*)"|([^\s;,]+))/i.exec(parameters ?? "");
    if ((relations?.[1] ?? relations?.[2] ?? "").toLowerCase().split(/\s+/).includes("next")) return target;
  }
  return undefined;
}
