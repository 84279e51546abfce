// Who changed since a whole read, in systems that tell. What a system says of a change is only a signal: all rows of the
// workers whose records changed are read again, whole. Nothing depends on how much of a record the system repeats, and
// no worker is judged by one of several records.
import type { Pages } from "./endpoint.ts";
import { type DocumentShape, parseJson } from "./json-document.ts";
import { createPager } from "./next-page.ts";
import type { PageRequest } from "./page-request.ts";
import { type Ask, isUnreachable, readPages } from "./paged.ts";
import type { HttpAnswer } from "./source-deps.ts";

export type Changes = {
  /** The token of the present state; undefined where the system gives none today. */
  readonly token: (ask: Ask) => Promise<string | undefined>;
  /** The list of changes since a token. `idOf` where no item may stand in it twice: a page that only repeats others then
   * ends the reading. */
  readonly since: (token: string) => Pages & {
    readonly shape: DocumentShape;
    readonly idOf?: (item: unknown) => unknown;
  };
  /** The system's own id of a changed record. Undefined for one that is to be passed over: who was deleted in the
   * system is seen by the next whole read. A fault, as a sentence, for one that cannot be read. */
  readonly changedId: (item: unknown) => string | { readonly fault: string } | undefined;
  /** The records with these ids, at most `atOnce`, to learn whose they are. Left out where a record's id is the worker's
   * number. */
  readonly records?: (ids: readonly string[]) => Pages;
  /** All rows of the workers with these numbers, at most `atOnce`. A system that cannot be asked so has no changes. */
  readonly workers: (numbers: readonly string[]) => Pages;
  readonly atOnce: number;
  /** Milliseconds after which a whole read is due whatever changed. */
  readonly wholeEveryMs: number;
};

/** Beyond so many records, reading everybody costs less. */
const mostChanged = 2_000;

/** It is kept in the run's record, which has to stay small. */
const longestToken = 8_000;

/** Since then nobody has changed. */
export const farAhead = "2999-01-01T00:00:00Z";

/** So much earlier than the system's own clock says: what is just being written may not be listed yet. */
const marginMs = 5 * 60_000;

export type ChangedIds = { readonly ids: readonly string[]; readonly faults: readonly string[] };

/** The ids of all changed records, each once. Undefined when everybody has to be read: too many changed, or the list says
 * less than it should. Of one that breaks off because the system cannot be reached any more, what came counts.
 * @throws SOURCE_UNAVAILABLE when the system does not answer, or refuses the list; what asking throws of secrets, and
 * ABORTED */
export async function readChangedIds(changes: Changes, token: string, ask: Ask): Promise<ChangedIds | undefined> {
  const { shape, idOf, ...pages } = changes.since(token);
  const ids = new Set<string>();
  const unread = new Set<string>();
  let isUnreached = false;
  const askNoting: Ask = async (request) => {
    try {
      return await ask(request);
    } catch (error) {
      isUnreached = isUnreachable(error);
      throw error;
    }
  };
  const facts = await readPages({
    pager: createPager(pages.first, pages.paging),
    shape,
    ask: askNoting,
    idOf,
    mayRepeat: idOf === undefined,
    onItems: (items) => {
      for (const item of items) {
        const id = changes.changedId(item);
        if (typeof id === "string") ids.add(id);
        else if (id !== undefined) unread.add(id.fault);
      }
    },
  });
  const saysLess = facts.faults.length > 0 && !isUnreached;
  if (saysLess || ids.size > mostChanged) return undefined;
  return { ids: [...ids], faults: [...unread, ...facts.faults] };
}

/** The list in pieces of at most so many. */
export function inChunks<T>(list: readonly T[], size: number): readonly (readonly T[])[] {
  return Array.from({ length: Math.ceil(list.length / size) }, (_, index) =>
    list.slice(index * size, (index + 1) * size),
  );
}

/** The text that the system gives for a state, or undefined when it gives none: then there are only whole reads. */
export async function tokenFrom(
  ask: Ask,
  request: PageRequest,
  tokenOf: (document: unknown, answer: HttpAnswer) => string | undefined,
): Promise<string | undefined> {
  try {
    const answer = await ask(request);
    const parsed = answer.status === 200 ? parseJson(answer.text) : undefined;
    const token = parsed?.ok === true ? tokenOf(parsed.document, answer) : undefined;
    return token === undefined || token.length > longestToken ? undefined : token;
  } catch (error) {
    if (isUnreachable(error)) return undefined;
    throw error;
  }
}

/** The time at the system when it answered, less a margin, in whole seconds of UTC; undefined where it does not say. */
export function timeBefore({ headers }: HttpAnswer): string | undefined {
  const time = Date.parse(headers("date") ?? "");
  return Number.isNaN(time) ? undefined : new Date(time - marginMs).toISOString().replace(/\.\d+Z$/, "Z");
}
