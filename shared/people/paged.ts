// Reads all pages of an HTTP endpoint, and collects what speaks against having read all of it. A page that cannot be
// read ends the reading; what came before it is kept, because a stated end counts in every read. No page is kept:
// while one is asked for, at most the one before it is still there. Nobody may slide unseen from a page that is still to
// come to one that was read: where the borders of the pages cannot show that, the list is read a second time.
import { AppError } from "../core/errors.ts";
import { type DocumentRead, type DocumentShape, parseJson, readDocument } from "./json-document.ts";
import type { Border, NextPage, Pager } from "./next-page.ts";
import { createBorders } from "./page-borders.ts";
import { type PageRequest, requestKey } from "./page-request.ts";
import { noteAnswer, noteItems, notePageCount, noteTotals, type State, startState } from "./reading-state.ts";
import { createKnownItems, type KnownItems } from "./repeated-items.ts";
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
  /** True where a refusal of a later page is thrown as well: what came before it is not wanted then. */
  readonly refusalThrows?: boolean | undefined;
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

/** A server that invents pages for ever ends here. */
const maxPages = 100_000;

/** @throws SOURCE_UNAVAILABLE when the first request is not answered with success, and when another one is refused where
 * that is asked for; what `ask` throws of secrets, and ABORTED */
export async function readPages(options: PagedOptions): Promise<PagedFacts> {
  const known = options.mayRepeat === true ? undefined : createKnownItems(options.idOf);
  const borders = known === undefined ? undefined : createBorders(known);
  const state = startState({ borders, again: false });
  await readList(options, state, async (page, border) => {
    const items = behindBorder(page, border, state);
    const fresh = known === undefined ? items : known.fresh(items);
    noteItems(items.length, fresh.length, state);
    options.onItems(await expanded(options, fresh, state));
    return items.length === 0 || fresh.length > 0;
  });
  notePageCount(state);
  const { pages, fresh, total, modifiedAt, faults } = state;
  const mayBeWhole = faults.length === 0 && (total ?? fresh) === fresh;
  if (known !== undefined && borders?.areUnproven() === true && mayBeWhole)
    faults.push(...(await readAgain(options, state, known)));
  return { pages, items: fresh, expectedRows: total, modifiedAt, faults };
}

/** Gives each page to `take`, which says whether there is sense in asking for another one. */
async function readList(
  options: PagedOptions,
  state: State,
  take: (page: DocumentRead, border: Border) => boolean | Promise<boolean>,
): Promise<void> {
  let next: NextPage = { kind: "more", request: options.pager.first, border: "linked" };
  while (next.kind === "more") {
    const { request, border } = next;
    state.asked.add(requestKey(request));
    const answer = await askPage(options, request, state);
    if (answer === undefined) return;
    noteAnswer(answer, state);
    const page = answer.status === 204 ? withoutContent(options, state) : readDocument(answer.text, options.shape);
    state.faults.push(...page.faults.map((fault) => `Page ${state.pages} ${fault}`));
    const goesOn = await take(page, border);
    noteTotals(options.pager, page, state);
    if (!goesOn || page.faults.length > 0) return;
    next = follow(nextPage(options.pager, request, page, answer, state), state, options);
  }
}

/** The page's items without the one that it shares with the page before. */
function behindBorder({ items, faults }: DocumentRead, border: Border, state: State): readonly unknown[] {
  if (state.borders === undefined || faults.length > 0) return items;
  const behind = state.borders.behind(items, border);
  state.itemsSoFar -= behind.earlier;
  if (behind.fault !== undefined) state.faults.push(`Page ${state.pages} ${behind.fault}`);
  return behind.items;
}

/** Reads the list once more. Gives what speaks against its having been the same all the time. */
async function readAgain(options: PagedOptions, first: State, known: KnownItems): Promise<readonly string[]> {
  const second = startState({ borders: undefined, again: true });
  const order = known.takeOrder();
  await readList(options, second, ({ items }) => {
    second.fresh += known.fresh(items).length;
    second.itemsSoFar += items.length;
    return true;
  });
  const [fault] = second.faults;
  if (fault !== undefined) return [`A second reading, which shows whether the list shifted, failed: ${fault}`];
  if (known.takeOrder() === order) return [];
  const counts = `${first.itemsSoFar} items, then ${second.itemsSoFar} with ${second.fresh} new ones among them`;
  return [`The list shifted while it was read: a second reading gave something else (${counts})`];
}

/** A page without content is a list with nobody in it, or the end that a counting pager looks for. A page that the one
 * before it named is there: without it the list breaks off. */
function withoutContent({ pager }: PagedOptions, { pages }: State): DocumentRead {
  const isEnd = pages === 1 || pager.counts === true;
  const faults = isEnd ? [] : ["has no content, although the page before it led there"];
  return { document: undefined, items: [], total: undefined, faults };
}

/** The page's answer, or undefined when reading has to end before it. */
async function askPage(
  { ask, refusal, refusalThrows = false }: PagedOptions,
  request: PageRequest,
  state: State,
): Promise<HttpAnswer | undefined> {
  const isFirst = state.pages === 0 && !state.again;
  try {
    const answer = await ask(request);
    if (answer.status === 200 || answer.status === 204) return answer;
    const meaning = refusal?.(answer.status, documentOf(answer)) ?? `answers ${answer.status}, expected 200`;
    if (isFirst || refusalThrows) throw unavailable(request, meaning);
    return stopBefore(meaning, state);
  } catch (error) {
    if (!isUnreachable(error)) throw error;
    const meaning = `could not be read (${error.code})`;
    if (isFirst) throw unavailable(request, meaning, error);
    return stopBefore(meaning, state);
  }
}

/** True for a system that could not be reached, or not in time. */
export function isUnreachable(error: unknown): error is AppError {
  return error instanceof AppError && (error.code === "NETWORK" || error.code === "TIMEOUT");
}

/** True for a system that answered, and refused. */
export function isRefusal(error: unknown): boolean {
  return error instanceof AppError && error.code === "SOURCE_UNAVAILABLE" && !isUnreachable(error.cause);
}

function documentOf({ text }: HttpAnswer): unknown {
  const parsed = parseJson(text);
  return parsed.ok ? parsed.document : undefined;
}

function unavailable({ url }: PageRequest, reason: string, cause?: unknown): AppError {
  const message = `Cannot read "${shownUrl(url)}": it ${reason}; check address and rights`;
  return new AppError("SOURCE_UNAVAILABLE", message, { cause });
}

function stopBefore(reason: string, state: State): undefined {
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

function nextPage(pager: Pager, request: PageRequest, page: DocumentRead, answer: HttpAnswer, state: State): NextPage {
  return pager.next({
    request,
    document: page.document,
    linkHeader: answer.headers("link"),
    items: page.items.length,
    itemsSoFar: state.itemsSoFar,
    page: state.pages,
    total: page.total,
    fromAnyItem: state.borders?.fromAnyItem() ?? false,
  });
}

function follow(next: NextPage, state: State, { mostPages = maxPages }: PagedOptions): NextPage {
  if (next.kind === "end") return next;
  if (next.kind === "fault") state.faults.push(`${next.reason} (page ${state.pages})`);
  else if (state.asked.has(requestKey(next.request)))
    state.faults.push(`Page ${state.pages} leads to a page that was read already`);
  else if (state.pages >= mostPages) state.faults.push(`There are more than ${mostPages} pages, reading stopped there`);
  else return next;
  return { kind: "end" };
}
