// Reads all pages of an HTTP endpoint, and collects what speaks against having read all of it. A page that cannot be
// read ends the reading; what came before it is kept, because a stated end counts in every read.
import { AppError } from "../core/errors.ts";
import { type DocumentRead, type DocumentShape, readDocument } from "./json-document.ts";
import type { NextPage, Pager } from "./next-page.ts";
import { createRepeatFilter } from "./repeated-items.ts";
import type { HttpAnswer } from "./source-deps.ts";
import { shownUrl } from "./source-url.ts";

export type PagedOptions = {
  readonly pager: Pager;
  readonly shape: DocumentShape;
  readonly get: (url: string) => Promise<HttpAnswer>;
  /** Takes each page's items as they come, without those that stood on an earlier page. */
  readonly onItems: (items: readonly unknown[]) => void;
};

export type PagedFacts = {
  readonly pages: number;
  readonly expectedRows: number | undefined;
  /** Epoch milliseconds, from the first page. */
  readonly modifiedAt: number | undefined;
  readonly faults: readonly string[];
};

type State = {
  pages: number;
  itemsSoFar: number;
  total: number | undefined;
  readonly asked: Set<string>;
  readonly faults: string[];
};

/** A server that invents pages for ever ends here. */
const maxPages = 100_000;

/** @throws SOURCE_UNAVAILABLE when the first request is not answered with success; what `get` throws of secrets, and
 * ABORTED */
export async function readPages(options: PagedOptions): Promise<PagedFacts> {
  const state: State = { pages: 0, itemsSoFar: 0, total: undefined, asked: new Set(), faults: [] };
  const filter = createRepeatFilter();
  let url: URL | undefined = options.pager.first;
  let modifiedAt: number | undefined;
  while (url !== undefined) {
    state.asked.add(url.href);
    const answer = await ask(options, url, state);
    if (answer === undefined) break;
    state.pages += 1;
    modifiedAt ??= state.pages === 1 ? timeOf(answer) : undefined;
    const page = answer.status === 204 ? noContent : readDocument(answer.text, options.shape);
    const fresh = filter(page.items);
    options.onItems(fresh);
    const sound = notePage(page, fresh.length, state);
    url = sound ? follow(nextPage(options.pager, url, page, answer, state), state) : undefined;
  }
  return { pages: state.pages, expectedRows: state.total, modifiedAt, faults: state.faults };
}

const noContent: DocumentRead = { document: undefined, items: [], total: undefined, faults: [] };

/** The page's answer, or undefined when reading has to end before it. */
async function ask({ get }: PagedOptions, url: URL, state: State): Promise<HttpAnswer | undefined> {
  try {
    const answer = await get(url.href);
    if (answer.status === 200 || answer.status === 204) return answer;
    return stopBefore(url, state, `answers ${answer.status}, expected 200`);
  } catch (error) {
    if (!(error instanceof AppError) || (error.code !== "NETWORK" && error.code !== "TIMEOUT")) throw error;
    return stopBefore(url, state, `could not be read (${error.code})`, error);
  }
}

function stopBefore(url: URL, state: State, reason: string, cause?: unknown): undefined {
  if (state.pages === 0) {
    throw new AppError("SOURCE_UNAVAILABLE", `Cannot read "${shownUrl(url)}": it ${reason}; check address and rights`, {
      cause,
    });
  }
  state.faults.push(`Page ${state.pages + 1} ${reason}`);
  return undefined;
}

/** Notes what the page says and what is wrong with it. False when there is no sense in asking for another one. */
function notePage(page: DocumentRead, fresh: number, state: State): boolean {
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
  state.itemsSoFar += page.items.length;
  return page.faults.length === 0 && (page.items.length === 0 || fresh > 0);
}

function nextPage(pager: Pager, url: URL, page: DocumentRead, answer: HttpAnswer, state: State): NextPage {
  return pager.next({
    url,
    document: page.document,
    linkHeader: answer.headers("link"),
    items: page.items.length,
    itemsSoFar: state.itemsSoFar,
    page: state.pages,
    total: state.total,
  });
}

function follow(next: NextPage, state: State): URL | undefined {
  if (next.kind === "end") return undefined;
  if (next.kind === "fault") state.faults.push(`${next.reason} (page ${state.pages})`);
  else if (state.asked.has(next.url.href))
    state.faults.push(`Page ${state.pages} leads to a page that was read already`);
  else if (state.pages >= maxPages) state.faults.push(`There are more than ${maxPages} pages, reading stopped there`);
  else return next.url;
  return undefined;
}

function timeOf(answer: HttpAnswer): number | undefined {
  const time = Date.parse(answer.headers("last-modified") ?? "");
  return Number.isNaN(time) ? undefined : time;
}
