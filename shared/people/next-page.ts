// Which page comes after this one, for each way in which HR systems page. Only requests: asking is `paged.ts`'s.
import { compilePath } from "./json-path.ts";
import { getPage, type PageRequest, type Parameters, withParameters } from "./page-request.ts";
import type { Paging } from "./paging-settings.ts";

export type PageSeen = {
  readonly request: PageRequest;
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
  | { readonly kind: "more"; readonly request: PageRequest }
  | { readonly kind: "fault"; readonly reason: string };

export type Pager = {
  readonly first: PageRequest;
  next(seen: PageSeen): NextPage;
  /** True for one that asks for further pages by itself, until one is empty. */
  readonly counts?: boolean;
  /** How many pages the source says there are. */
  pagesOf?(document: unknown): number | undefined;
};

const end: NextPage = { kind: "end" };

type OneByOne = Extract<Paging, { readonly kind: "offset" | "page" }>;

/** The pages of an endpoint. Counting pagers go on until the total of rows or pages is reached, or without one until a
 * page is empty: a short page proves nothing, since servers lower the limit that was asked for. */
export function createPager(first: PageRequest, paging: Paging = { kind: "none" }): Pager {
  switch (paging.kind) {
    case "none":
      return { first, next: () => end };
    case "nextLink": {
      const linkOf = paging.path === undefined ? undefined : compilePath(paging.path);
      const next = (seen: PageSeen) =>
        followLink(linkOf === undefined ? linkRel(seen.linkHeader) : linkOf(seen.document), seen.request.url);
      return { first, next };
    }
    case "cursor": {
      const cursorOf = compilePath(paging.path);
      const at = (cursor: string | number) => withParameters(first, { [paging.param]: cursor }, paging.in ?? "query");
      return { first, next: (seen) => followCursor(cursorOf(seen.document), at) };
    }
    case "offset": {
      const { first: start = 0 } = paging;
      const limit = { [paging.limitParam ?? ""]: paging.limit };
      return counting(first, paging, limit, start, (seen) => start + seen.itemsSoFar);
    }
    case "page": {
      const { first: start = 1 } = paging;
      const size = { [paging.sizeParam ?? ""]: paging.size };
      return counting(first, paging, size, start, (seen) => start + seen.page);
    }
  }
}

function counting(
  first: PageRequest,
  paging: OneByOne,
  fixed: Parameters,
  start: number,
  position: (seen: PageSeen) => number,
): Pager {
  const place = paging.in ?? "query";
  const asked = withParameters(first, fixed, place);
  const at = (number: number) => withParameters(asked, { [paging.param]: number }, place);
  const pagesAt = paging.pages === undefined ? undefined : compilePath(paging.pages);
  const pagesOf = (document: unknown) => wholeNumber(pagesAt?.(document));
  const isLast = (seen: PageSeen) =>
    seen.items === 0 ||
    (seen.total !== undefined && seen.itemsSoFar >= seen.total) ||
    (seen.total === undefined && seen.page >= (pagesOf(seen.document) ?? Number.POSITIVE_INFINITY));
  const next = (seen: PageSeen) => (isLast(seen) ? end : more(at(position(seen))));
  return { first: at(start), next, counts: true, ...(pagesAt !== undefined && { pagesOf }) };
}

function wholeNumber(value: unknown): number | undefined {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0 ? value : undefined;
}

function more(request: PageRequest): NextPage {
  return { kind: "more", request };
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
  if (url.origin === current.origin) return more(getPage(url));
  return { kind: "fault", reason: `The next link leads to "${url.origin}", expected "${current.origin}"` };
}

function followCursor(cursor: unknown, at: (cursor: string | number) => PageRequest): NextPage {
  if (isNothing(cursor)) return end;
  if (typeof cursor !== "string" && typeof cursor !== "number")
    return { kind: "fault", reason: "The next cursor is no text" };
  return more(at(cursor));
}

/** The target of `rel="next"` (RFC 8288). */
function linkRel(header: string | undefined): string | undefined {
  for (const [, target, parameters] of (header ?? "").matchAll(/<([^>]*)>([^<]*)/g)) {
    const relations = /;\s*rel\s*=\s*(?:"([^"]*)"|([^\s;,]+))/i.exec(parameters ?? "");
    if ((relations?.[1] ?? relations?.[2] ?? "").toLowerCase().split(/\s+/).includes("next")) return target;
  }
  return undefined;
}
