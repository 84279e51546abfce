// A source that is an HTTP endpoint of JSON pages. What is particular to a system stands in its `Endpoint`: addresses,
// paths, authentication. Everything else is here once: asking, paging, mapping, the verdict.
import type { LeftOut } from "../core/left-out.ts";
import type { ChangesMark, PeopleRead } from "../core/person.ts";
import { throwIfAborted } from "../http/aborted.ts";
import type { PeopleSource } from "../ports.ts";
import { createAuthenticate } from "./authentication.ts";
import type { Authentication } from "./authentication-settings.ts";
import { type ChangedIds, type Changes, inChunks, readChangedIds } from "./changes.ts";
import { judgeRead } from "./completeness.ts";
import type { DocumentShape } from "./json-document.ts";
import { createJsonRows, type PathCompiler } from "./json-rows.ts";
import { createManagerNumbers, type Managers } from "./manager-numbers.ts";
import { createMapping } from "./mapping.ts";
import { createPager } from "./next-page.ts";
import { openLeftOut } from "./open-left-out.ts";
import type { PageRequest } from "./page-request.ts";
import { type Ask, type Expand, isRefusal, type Refusal, readPages } from "./paged.ts";
import type { Paging } from "./paging-settings.ts";
import {
  changesSince,
  mostPagesOfOne,
  oneWorker,
  onlyWhole,
  onlyWorker,
  type Part,
  type Transferred,
  together,
  withNobody,
  withoutPeople,
} from "./part-of-people.ts";
import { type RecordNumbers, readRecordNumber } from "./record-number.ts";
import { createSessionCookies } from "./session-cookies.ts";
import type { SourceConfig } from "./source-config.ts";
import type { SourceDeps } from "./source-deps.ts";

/** Where a reading begins and how it goes on. */
export type Pages = {
  readonly first: PageRequest;
  readonly paging?: Paging;
  /** Where the pages are shaped differently than the endpoint says. */
  readonly shape?: DocumentShape;
  /** True when some workers are asked for, whose managers are not among the rows. */
  readonly some?: boolean;
  /** True where a refusal of any page is thrown, not only one of the first. */
  readonly refusalThrows?: boolean;
  /** Beyond them reading stops. */
  readonly mostPages?: number;
  /** The status by which the system says that there is nobody, such as 404 for one worker. */
  readonly nobodyAt?: number;
};

export type Endpoint = {
  readonly authentication: Authentication;
  /** Beside those of the authentication; names in lower case. */
  readonly headers?: Readonly<Record<string, string>>;
  /** True for a system that keeps the list for the session that asked for its first page. */
  readonly keepsSession?: boolean;
  readonly shape: DocumentShape;
  /** True for a system that writes what is empty as well, where it was asked for: what stands nowhere may not be read. Else
   * an end date that stands nowhere means that nobody has one. */
  readonly writesEmpty?: boolean;
  /** How a column of the rules is found in an item; dotted paths unless stated. */
  readonly compile?: PathCompiler;
  readonly idOf?: (item: unknown) => unknown;
  readonly expand?: Expand;
  readonly refusal?: Refusal;
  /** Where the system names a manager by its own id of that worker. */
  readonly managers?: Managers;
  /** Asks the system what it offers, before anything else is asked of it in a read. All reads go by the answer. */
  readonly prepare?: (ask: Ask) => Promise<void>;
  /** All workers. */
  readonly pages: () => Pages;
  /** All rows of one worker by the employee number, where the system can be asked for one. Undefined for a number that
   * the system cannot have: then nothing is asked. */
  readonly worker?: (employeeNumber: string) => Pages | undefined;
  /** Where the system's own events name workers by ids: how the number of one is found, or that workers are known by them. */
  readonly ids?: RecordNumbers | "numbers";
  /** Where the system tells what changed. */
  readonly changes?: Changes;
};

/** `inputs` are the columns that the mapping reads: what a system has to be asked for. */
export type MakeEndpoint = (inputs: readonly string[]) => Endpoint;

/** @throws CONFIG_INVALID when the mapping cannot be used, and what `make` throws */
export function createEndpointSource(config: SourceConfig, deps: SourceDeps, make: MakeEndpoint): PeopleSource {
  const mapping = createMapping(config, deps.expressions);
  const endpoint = make(mapping.inputs);
  const authenticate = createAuthenticate(endpoint.authentication, deps);

  const askWith = async (signal: AbortSignal): Promise<Ask> => {
    const session = createSessionCookies();
    const ask: Ask = async (request) => {
      const fixed = { ...endpoint.headers, ...session.headers() };
      const answer = await authenticate(
        (headers) => deps.httpAsk(toAsk(request, { ...fixed, ...headers }), signal),
        signal,
      );
      if (endpoint.keepsSession === true) session.note(answer.headers("set-cookie"));
      return answer;
    };
    await endpoint.prepare?.(ask);
    return ask;
  };

  async function readFrom(pages: Pages, ask: Ask): Promise<Transferred> {
    const { idOf, expand, refusal, compile, writesEmpty } = endpoint;
    const leftOut = pages.some === true ? undefined : leftOutOf(config.name, endpoint, deps);
    const rows = createJsonRows(config.name, mapping, { compile, writesEmpty, leftOut });
    const pager = createPager(pages.first, pages.paging);
    const { shape = endpoint.shape, mostPages, nobodyAt, refusalThrows } = pages;
    const numbers = createManagerNumbers(endpoint.managers, endpoint.shape);
    const onItems = (items: readonly unknown[]) => {
      rows.take(items);
      numbers.note(items);
    };
    const asking = withNobody(ask, nobodyAt);
    const limits = { mostPages, refusalThrows };
    const facts = await readPages({ pager, shape, ask: asking, idOf, expand, refusal, ...limits, onItems });
    const result = rows.finish();
    const { items, faults: transfer, ...rest } = facts;
    // A system counts what it gives; one of its items may be several rows, as where a person has several employments.
    const more = result.rows - items;
    const expectedRows = facts.expectedRows === undefined ? undefined : facts.expectedRows + more;
    const isWhole = transfer.length === 0 && (expectedRows ?? result.rows) === result.rows;
    const found = await numbers.resolve(result, { ask: pages.some === true ? ask : undefined, isWhole });
    return { ...rest, ...result, ...found, expectedRows, transfer };
  }

  const judge = (read: Transferred, part?: Part): PeopleRead => {
    const { transfer, ...facts } = read;
    const faults = [...(part === undefined ? [] : [part.says]), ...facts.faults, ...transfer];
    // What a whole read must be says nothing about a part.
    const { expect, memory } = part === undefined ? { expect: config.expect, memory: deps.memory } : ofPart;
    return judgeRead(
      { ...facts, source: config.name, faults, partial: part?.partial },
      { expect, memory, now: deps.clock.now() },
    );
  };

  /** All rows of those who are asked for, or none. */
  const readSome = async (pages: Pages, ask: Ask): Promise<Transferred> =>
    onlyWhole(await readFrom({ ...pages, some: true }, ask));

  async function readChanged(changes: Changes, { ids, faults }: ChangedIds, ask: Ask): Promise<Transferred> {
    const { records, workers, atOnce } = changes;
    const parts: Transferred[] = [];
    const numbers = new Set(records === undefined ? ids : []);
    if (records !== undefined) {
      for (const some of inChunks(ids, atOnce)) {
        const read = await readFrom({ ...records(some), some: true, refusalThrows: true }, ask);
        for (const { employeeNumber } of read.people) numbers.add(employeeNumber);
        parts.push(withoutPeople(read));
      }
    }
    for (const some of inChunks([...numbers], atOnce))
      parts.push(await readSome({ ...workers(some), refusalThrows: true }, ask));
    return together(parts, faults);
  }

  /** Undefined where one of them is nobody's, or may be anybody's. */
  async function numbersOf(ids: readonly string[], records: RecordNumbers, ask: Ask) {
    const numbers = new Set<string>();
    for (const id of ids) {
      const found = await readRecordNumber(records, id, { ask, shape: endpoint.shape });
      if (typeof found === "string") return undefined;
      numbers.add(found.number);
    }
    return [...numbers];
  }

  const { worker, changes, ids: records } = endpoint;
  return {
    name: config.name,
    async read(signal) {
      throwIfAborted(signal);
      const at = deps.clock.now();
      const ask = await askWith(signal);
      // Taken before the first page: what changes while the pages are read is read again with the next changes.
      const token = await changes?.token(ask);
      const read = judge(await readFrom(endpoint.pages(), ask));
      return token === undefined || read.completeness !== "complete" ? read : { ...read, changesFrom: { token, at } };
    },
    ...(worker !== undefined && {
      async readWorker(employeeNumber: string, signal: AbortSignal) {
        throwIfAborted(signal);
        const ask = await askWith(signal);
        const pages = worker(employeeNumber);
        const read =
          pages === undefined ? together([], []) : await readSome({ ...pages, mostPages: mostPagesOfOne }, ask);
        return judge(onlyWorker(read, employeeNumber), oneWorker);
      },
    }),
    ...(records !== undefined && {
      async numbersOf(ids: readonly string[], signal: AbortSignal) {
        throwIfAborted(signal);
        return records === "numbers" ? ids : numbersOf(ids, records, await askWith(signal));
      },
    }),
    ...(changes !== undefined && {
      wholeEveryMs: changes.wholeEveryMs,
      async readChanges(since: ChangesMark, signal: AbortSignal) {
        throwIfAborted(signal);
        if (deps.clock.now() - since.at >= changes.wholeEveryMs) return undefined;
        try {
          const ask = await askWith(signal);
          const changed = await readChangedIds(changes, since.token, ask);
          if (changed === undefined) return undefined;
          const read = judge(await readChanged(changes, changed, ask), changesSince(since));
          return { ...read, changesSince: since.at };
        } catch (error) {
          // The token has expired, or the system does not take such questions any more.
          if (isRefusal(error)) return undefined;
          throw error;
        }
      },
    }),
  };
}

/** A rule that reads the manager cannot be asked before it is known whose number the system's id stands for. */
function leftOutOf(source: string, { managers }: Endpoint, deps: SourceDeps): LeftOut | undefined {
  const readsManager = deps.people?.scopeReads?.includes("manager") ?? true;
  return managers !== undefined && readsManager ? undefined : openLeftOut(source, deps);
}

const ofPart = { expect: { maxShrinkPercent: 100 }, memory: undefined } as const;

function toAsk({ method, url, body }: PageRequest, headers: Readonly<Record<string, string>>) {
  const accept = { accept: "application/json", ...headers };
  if (body === undefined) return { method, url: url.href, headers: accept };
  return {
    method,
    url: url.href,
    headers: { "content-type": "application/json", ...accept },
    body: JSON.stringify(body),
  };
}
