// What is known in the middle of reading a list, and what the pages say about having been read wholly.
import type { DocumentRead } from "./json-document.ts";
import type { Pager } from "./next-page.ts";
import type { Borders } from "./page-borders.ts";
import type { HttpAnswer } from "./source-deps.ts";

export type State = {
  pages: number;
  fresh: number;
  itemsSoFar: number;
  total: number | undefined;
  totalPages: number | undefined;
  modifiedAt: number | undefined;
  /** Absent in a list of changes, and in a second reading, which only compares. */
  readonly borders: Borders | undefined;
  /** True for a second reading. */
  readonly again: boolean;
  readonly asked: Set<string>;
  readonly faults: string[];
};

export function startState(given: Pick<State, "borders" | "again">): State {
  const nothing = { total: undefined, totalPages: undefined, modifiedAt: undefined };
  return { pages: 0, fresh: 0, itemsSoFar: 0, ...nothing, ...given, asked: new Set(), faults: [] };
}

export function noteAnswer(answer: HttpAnswer, state: State): void {
  state.pages += 1;
  if (state.pages === 1) state.modifiedAt = timeOf(answer);
}

export function noteItems(items: number, fresh: number, state: State): void {
  state.fresh += fresh;
  state.itemsSoFar += items;
  if (items === fresh) return;
  const repeats = `repeats ${items - fresh} items of earlier pages`;
  state.faults.push(`Page ${state.pages} ${repeats}: the list shifted while it was read`);
}

export function noteTotals(pager: Pager, page: DocumentRead, state: State): void {
  if (state.total !== undefined && page.total !== undefined && page.total !== state.total) {
    state.faults.push(`The total changed from ${state.total} to ${page.total} while the pages were read`);
  }
  state.total = page.total ?? state.total;
  state.totalPages = pager.pagesOf?.(page.document) ?? state.totalPages;
}

export function notePageCount({ pages, totalPages, faults }: State): void {
  if (totalPages !== undefined && pages < totalPages)
    faults.push(`${pages} pages were read, the source says that it has ${totalPages}`);
}

function timeOf(answer: HttpAnswer): number | undefined {
  const time = Date.parse(answer.headers("last-modified") ?? "");
  return Number.isNaN(time) ? undefined : time;
}
