// Which page comes after this one, for each way in which HR systems page. Only requests: asking is `paged.ts`'s.
import { compilePath } from "./json-path.ts";
import { getPage, type PageRequest, type Parameters, withParameters } from "./page-request.ts";
import type { Paging } from "./paging-settings.ts";

export type PageSeen = {
  readonly request: PageRequest;
  readonly document: unknown;
  readonly linkHeader: string | undefined;
  readonly items: number;
  /** Of all pages up to this one; what comes again at a border counts once. */
  readonly itemsSoFar: number;
  /** 1 for the first. */
  readonly page: number;
  /** What the page says is there in all. */
  readonly total: number | undefined;
  /** False for a service that goes by whole pages: it does not begin at any item that it is asked for. */
  readonly fromAnyItem: boolean;
};

/** Where a page begins. `overlaps`: with the last item of the page before, so that nobody slides over the border between
 * them unseen. `counted`: at a number, which shows nothing. `linked`: where the service's own link or cursor leads. */
export type Border = "overlaps" | "counted" | "linked";

export type NextPage =
  | { readonly kind: "end" }
  | { readonly kind: "more"; readonly request: PageRequest; readonly border: Border }
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
type Place = { readonly number: number; readonly border: Border };

/** The pages of an endpoint. Counting pagers go on until the total of rows or pages is reached, or without one until a
 * page is empty: a short page proves nothing, since servers lower the limit that was asked for. Those that count items
 * ask each further page one item earlier. */
export function createPager(first: PageRequest, paging: Paging = { kind: "none" }): Pager {
  switch (paging.kind) {
    case "none":
      return { first, next: () => end };
    case "nextLink": {
      const linkOf = paging.path === undefined ? undefined : compilePath(paging.path);
      const next = (seen: PageSeen) =>
        followLink(linkOf === undefined ? linkRel(seen.linkHeader) : linkOf(seen.document), seen);
      return { first, next };
    }
    case "cursor": {
      const cursorOf = compilePath(paging.path);
      const at = (cursor: string | number) => withParameters(first, { [paging.param]: cursor }, paging.in ?? "query");
      return { first, next: (seen) => followCursor(cursorOf(seen.document), seen, at) };
    }
    case "offset": {
      const { first: start = 0 } = paging;
      const limit = { [paging.limitParam ?? ""]: paging.limit };
      return counting(first, paging, limit, start, (seen) => {
        const behind = start + seen.itemsSoFar;
        return overlaps(paging, seen) ? { number: behind - 1, border: "overlaps" } : counted(behind);
      });
    }
    case "page": {
      const { first: start = 1 } = paging;
      const size = { [paging.sizeParam ?? ""]: paging.size };
      return counting(first, paging, size, start, (seen) => counted(start + seen.page));
    }
  }
}

function counting(
  first: PageRequest,
  paging: OneByOne,
  fixed: Parameters,
  start: number,
  placeBehind: (seen: PageSeen) => Place,
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
  const next = (seen: PageSeen) => {
    if (isLast(seen)) return end;
    const { number, border } = placeBehind(seen);
    return more(at(number), border);
  };
  return { first: at(start), next, counts: true, ...(pagesAt !== undefined && { pagesOf }) };
}

/** Where pages have one item each, the same one would come for ever. A number of pages counts pages that do not overlap. */
function overlaps({ pages }: OneByOne, { items, total, fromAnyItem }: PageSeen): boolean {
  return fromAnyItem && items > 1 && (pages === undefined || total !== undefined);
}

function counted(number: number): Place {
  return { number, border: "counted" };
}

function wholeNumber(value: unknown): number | undefined {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0 ? value : undefined;
}

function more(request: PageRequest, border: Border): NextPage {
  return { kind: "more", request, border };
}

function isNothing(value: unknown): boolean {
  return value === undefined || value === null || value === "" || value === false;
}

/** A link may be relative. One that leads to another origin would take the credential along. */
function followLink(link: unknown, seen: PageSeen): NextPage {
  const { url: current } = seen.request;
  if (isNothing(link)) return end;
  if (typeof link !== "string" || !URL.canParse(link, current.href))
    return { kind: "fault", reason: "The next link is no address" };
  const url = new URL(link, current);
  if (url.origin === current.origin) return more(getPage(url), countsOn(url, seen) ? "counted" : "linked");
  return { kind: "fault", reason: `The next link leads to "${url.origin}", expected "${current.origin}"` };
}

function followCursor(cursor: unknown, seen: PageSeen, at: (cursor: string | number) => PageRequest): NextPage {
  if (isNothing(cursor)) return end;
  if (typeof cursor !== "string" && typeof cursor !== "number")
    return { kind: "fault", reason: "The next cursor is no text" };
  return more(at(cursor), isCount(String(cursor), seen) ? "counted" : "linked");
}

/** True for a link that differs from the one before by the number of what came, as in skip=200 or page=3. */
function countsOn(url: URL, seen: PageSeen): boolean {
  const before = seen.request.url.searchParams;
  return [...url.searchParams].some(
    ([name, value]) => value !== before.get(name) && !sizeName.test(name) && isCount(value, seen),
  );
}

/** These say how many are wanted, not where. */
const sizeName = /limit|size|count|top/i;

/** The items that came or the pages, counted from 0 or from 1. */
function isCount(text: string, { itemsSoFar, page }: PageSeen): boolean {
  return [itemsSoFar, itemsSoFar + 1, page, page + 1].some((number) => text === String(number));
}

/** The target of `rel="next"` (RFC 8288). */
function linkRel(header: string | undefined): string | undefined {
  for (const [, target, parameters] of (header ?? "").matchAll(/<([^>]*)>([^<]*)/g)) {
    const relations = /;\s*rel\s*=\s*(?:"([^"]*)"|([^\s;,]+))/i.exec(parameters ?? "");
    if ((relations?.[1] ?? relations?.[2] ?? "").toLowerCase().split(/\s+/).includes("next")) return target;
  }
  return undefined;
}
