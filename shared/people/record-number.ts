// The employee number of a record that a system names by an id of its own. An id is never taken for a number: another
// worker's might be written like it.
import { AppError } from "../core/errors.ts";
import { cellText } from "./cell-text.ts";
import type { Pages } from "./endpoint.ts";
import type { DocumentShape } from "./json-document.ts";
import { createPager } from "./next-page.ts";
import { type Ask, readPages } from "./paged.ts";
import { mostPagesOfOne, withNobody } from "./part-of-people.ts";

export type RecordNumbers = {
  readonly idOf: (item: unknown) => unknown;
  readonly numberOf: (item: unknown) => unknown;
  /** Asks for the record with that id, among those that the source reads. Undefined for what can be no id. */
  readonly one: (id: string) => Pages | undefined;
};

/** `nobody`: the source has no such record, or one without a number. `unread`: it may have one. */
export type RecordNumber = { readonly number: string } | "nobody" | "unread";

/** Asks for the record; only its number is kept. @param shape of the pages that do not say theirs
 * @throws what asking throws of secrets, and ABORTED */
export async function readRecordNumber(
  { idOf, numberOf, one }: RecordNumbers,
  id: string,
  { ask, shape }: { readonly ask: Ask; readonly shape: DocumentShape },
): Promise<RecordNumber> {
  const asked = one(id);
  if (asked === undefined) return "nobody";
  const { first, paging, nobodyAt, ...pages } = asked;
  const numbers: (string | undefined)[] = [];
  try {
    const { items, faults, expectedRows } = await readPages({
      pager: createPager(first, paging),
      shape: pages.shape ?? shape,
      ask: withNobody(ask, nobodyAt),
      mostPages: mostPagesOfOne,
      onItems: (found) => {
        // A system that does not understand what it was asked for may give others.
        for (const item of found) if (textOf(idOf(item)) === id) numbers.push(textOf(numberOf(item)));
      },
    });
    const [number] = numbers;
    if (number !== undefined) return { number };
    const isNowhere = items === 0 && faults.length === 0 && (expectedRows ?? 0) === 0;
    return isNowhere || numbers.length > 0 ? "nobody" : "unread";
  } catch (error) {
    if (error instanceof AppError && error.code === "SOURCE_UNAVAILABLE") return "unread";
    throw error;
  }
}

/** As it is mapped: ids and numbers are compared in this form. */
export function textOf(value: unknown): string | undefined {
  const cell = cellText(value);
  return cell.ok && cell.text !== "" ? cell.text : undefined;
}
