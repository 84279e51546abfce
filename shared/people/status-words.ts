// The table from a source's own words to a status. A word that is in no list is `unknown`: reported, never a leaver.
import { AppError } from "../core/errors.ts";
import type { PersonStatus } from "../core/person.ts";
import type { StatusWords } from "./source-config.ts";

const shownLength = 40;

/** The status that a word stands for, or undefined for a word in no list. Case and outer blanks do not count.
 * @throws CONFIG_INVALID when a word stands in two lists */
export function createStatusTable(source: string, words: StatusWords): (word: string) => PersonStatus | undefined {
  const table = new Map<string, PersonStatus>();
  const lists = [
    ["active", words.active],
    ["onLeave", words.onLeave ?? []],
    ["ended", words.ended ?? []],
  ] as const;
  for (const [status, list] of lists) {
    for (const word of list) {
      const before = table.get(fold(word));
      if (before !== undefined && before !== status) {
        throw new AppError(
          "CONFIG_INVALID",
          `Cannot use the status words of source "${source}": "${word}" stands under ${before} and under ${status}, expected one list`,
        );
      }
      table.set(fold(word), status);
    }
  }
  return (word) => table.get(fold(word));
}

/** The word in quotes, cut short: the one thing of a row that a message shows, because the rules have to name it. */
export function shownWord(word: string): string {
  return JSON.stringify(word.length > shownLength ? `${word.slice(0, shownLength)}…` : word);
}

function fold(word: string): string {
  return word.trim().toLowerCase();
}
