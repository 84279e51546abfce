// Reads all pages of an HTTP endpoint, and collects what speaks against having read all of it. A page that cannot be
// read ends the reading; what came before it is kept, because a stated end counts in every read. No page is kept:
// while one is asked for, at most the one before it is still there.
import { AppError } from "../core/errors.ts";
import { type DocumentRead, type DocumentShape, parseJson, readDocument } from "./json-document.ts";
import type { NextPage, Pager } from "./next-page.ts";
import { type PageRequest, requestKey } from "./page-request.ts";
import { createRepeatFilter } from "./repeated-items.ts";
import type { HttpAnswer } from "./source-deps.ts";
import { shownUrl } from "./source-url.ts";

/** Asks with the source's headers and authentication. */
export type Ask = (request: PageRequest) => Promise<HttpAnswer>;

/** Items with what else belongs to them, where a system gives that only by further requests. `faults` are sentences. */
export type Expand = (
  items: readonly unknown[],
  ask: Ask,
) => Promise<{ readonly items: readonly unknown[]; readonly faults: readonly string[] }>;

/** What a system means by refusing a page, as the second half of a sentence; undefined where the status says it all. */
export type Refusal = (status: number, document: unknown) => string | undefined;

export type PagedOptions = {
  readonly pager: Pager;
  readonly shape: DocumentShape;
  readonly ask: Ask;
  /** The system's own id of an item, where it has one: items that come again are known by it. */
  readonly idOf?: ((item: unknown) => unknown) | undefined;
  /** True for a list in which an item may come again: one of changes. */
  readonly mayRepeat?: boolean | undefined;
  /** Pages at most; 100,000 unless stated. */
  readonly mostPages?: number | undefined;
  readonly expand?: Expand | undefined;
  readonly refusal?: Refusal | undefined;
  /** Takes each page's items as they come, without those that stood on an earlier page. */
  readonly onItems: (items: readonly unknown[]) => void;
};

export type PagedFacts = {
  readonly pages: number;
  /** As the system counts them: each once, before they are expanded. */
  readonly items: number;
  readonly expectedRows: number | undefined;
  /** Epoch milliseconds, from the first page. */
  readonly modifiedAt: number | undefined;
  readonly faults: readonly string[];
};

type State = {
  pages: number;
  fresh: number;
  itemsSoFar: number;
  total: number | undefined;
  totalPages: number | undefined;
  readonly asked: Set<string>;
  readonly faults: string[];
};

/** A server that invents pages for ever ends here. */
const maxPages = 100_000;

/** @throws SOURCE_UNAVAILABLE when the first request is not answered with success; what `ask` throws of secrets, and
 * ABORTED */
export async function readPages(options: PagedOptions): Promise<PagedFacts> {
  const state: State = {
    pages: 0,
    fresh: 0,
    itemsSoFar: 0,
    total: undefined,
    totalPages: undefined,
    asked: new Set(),
    faults: [],
  };
  const filter = options.mayRepeat === true ? everyItem : createRepeatFilter(options.idOf);
  let request: PageRequest | undefined = options.pager.first;
  let modifiedAt: number | undefined;
  while (request !== undefined) {
    state.asked.add(requestKey(request));
    const answer = await askPage(options, request, state);
    if (answer === undefined) break;
    state.pages += 1;
    modifiedAt ??= state.pages === 1 ? timeOf(answer) : undefined;
    const page = answer.status === 204 ? withoutContent(options, state) : readDocument(answer.text, options.shape);
    const fresh = filter(page.items);
    state.fresh += fresh.length;
    options.onItems(await expanded(options, fresh, state));
    const sound = notePage(options.pager, page, fresh.length, state);
    request = sound ? follow(nextPage(options.pager, request, page, answer, state), state, options) : undefined;
  }
  notePageCount(state);
  return { pages: state.pages, items: state.fresh, expectedRows: state.total, modifiedAt, faults: state.faults };
}

const everyItem = (items: readonly unknown[]) => items;

/** A page without content is a list with nobody in it, or the end that a counting pager looks for. A page that the one
 * before it named is there: without it the list breaks off. */
function withoutContent({ pager }: PagedOptions, { pages }: State): DocumentRead {
  const isEnd = pages === 1 || pager.counts === true;
  const faults = isEnd ? [] : ["has no content, although the page before it led there"];
  return { document: undefined, items: [], total: undefined, faults };
}

/** The page's answer, or undefined when reading has to end before it. */
async function askPage(
  { ask, refusal }: PagedOptions,
  request: PageRequest,
  state: State,
): Promise<HttpAnswer | undefined> {
  try {
    const answer = await ask(request);
    if (answer.status === 200 || answer.status === 204) return answer;
    const meaning = refusal?.(answer.status, documentOf(answer));
    return stopBefore(request, state, meaning ?? `answers ${answer.status}, expected 200`);
  } catch (error) {
    if (!isUnreachable(error)) throw error;
    return stopBefore(request, state, `could not be read (${error.code})`, error);
  }
}

/** True for a system that could not be reached, or not in time. */
export function isUnreachable(error: unknown): error is AppError {
  return error instanceof AppError && (error.code === "NETWORK" || error.code === "TIMEOUT");
}

function documentOf({ text }: HttpAnswer): unknown {
  const parsed = parseJson(text);
  return parsed.ok ? parsed.document : undefined;
}

function stopBefore({ url }: PageRequest, state: State, reason: string, cause?: unknown): undefined {
  if (state.pages === 0) {
    throw new AppError("SOURCE_UNAVAILABLE", `Cannot read "${shownUrl(url)}": it ${reason}; check address and rights`, {
      cause,
    });
  }
  state.faults.push(`Page ${state.pages + 1} ${reason}`);
  return undefined;
}

async function expanded(
  { expand, ask }: PagedOptions,
  items: readonly unknown[],
  state: State,
): Promise<readonly unknown[]> {
  if (expand === undefined || items.length === 0) return items;
  try {
    const whole = await expand(items, ask);
    state.faults.push(...whole.faults);
    return whole.items;
  } catch (error) {
    if (!isUnreachable(error)) throw error;
    // Half an item would take away what its other half gives.
    state.faults.push(`What belongs to the items of page ${state.pages} could not be read (${error.code})`);
    return [];
  }
}

/** Notes what the page says and what is wrong with it. False when there is no sense in asking for another one. */
function notePage(pager: Pager, page: DocumentRead, fresh: number, state: State): boolean {
  const repeated = page.items.length - fresh;
  state.faults.push(...page.faults.map((fault) => `Page ${state.pages} ${fault}`));
  if (repeated > 0) {
    state.faults.push(
      `Page ${state.pages} repeats ${repeated} items of earlier pages: the list shifted while it was read`,
    );
  }
  if (state.total !== undefined && page.total !== undefined && page.total !== state.total) {
    state.faults.push(`The total changed from ${state.total} to ${page.total} while the pages were read`);
  }
  state.total = page.total ?? state.total;
  state.totalPages = pager.pagesOf?.(page.document) ?? state.totalPages;
  state.itemsSoFar += page.items.length;
  return page.faults.length === 0 && (page.items.length === 0 || fresh > 0);
}

function notePageCount({ pages, totalPages, faults }: State): void {
  if (totalPages !== undefined && pages < totalPages)
    faults.push(`${pages} pages were read, the source says that it has ${totalPages}`);
}

function nextPage(pager: Pager, request: PageRequest, page: DocumentRead, answer: HttpAnswer, state: State): NextPage {
  return pager.next({
    request,
    document: page.document,
    linkHeader: answer.headers("link"),
    items: page.items.length,
    itemsSoFar: state.itemsSoFar,
    page: state.pages,
    total: state.total,
  });
}

function follow(next: NextPage, state: State, { mostPages = maxPages }: PagedOptions): PageRequest | undefined {
  if (next.kind === "end") return undefined;
  if (next.kind === "fault") state.faults.push(`${next.reason} (page ${state.pages})`);
  else if (state.asked.has(requestKey(next.request)))
    state.faults.push(`Page ${state.pages} leads to a page that was read already`);
  else if (state.pages >= mostPages) state.faults.push(`There are more than ${mostPages} pages, reading stopped there`);
  else return next.request;
  return undefined;
}

function timeOf(answer: HttpAnswer): number | undefined {
  const time = Date.parse(answer.headers("last-modified") ?? "");
  return Number.isNaN(time) ? undefined : time;
}
