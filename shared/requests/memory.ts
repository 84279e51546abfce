// Requests, roster, queue and audit in memory, for tests and for trying things out. They keep to the same contracts as
// those in a storage account.
import { auditDay, type ChainEnd, chainLine, chainStart, type DayEnd, lineHash } from "../core/audit-chain.ts";
import { factsInstant, type SaltedFacts } from "../core/facts.ts";
import { foldId } from "../core/fold.ts";
import type { RequestRecord } from "../core/request.ts";
import type { RequestBatch } from "../core/request-batch.ts";
import type { Clock } from "../ports.ts";
import type {
  Audit,
  KnownWorker,
  PoisonMessage,
  PoisonQueue,
  RequestMessage,
  RequestQueue,
  RequestStore,
  Roster,
  RosterEntry,
} from "../request-ports.ts";
import { stoppedError } from "../storage/store-error.ts";
import { isAbout, readRequestMessage } from "./request-message.ts";
import { addressKey, foldObjectId, keptEntry } from "./roster-wire.ts";

/** An empty store of requests. One-time values run out by `clock`. */
export function createMemoryRequestStore(options: { readonly clock: Pick<Clock, "now"> }): RequestStore {
  const requests = new Map<string, { readonly value: RequestRecord; readonly version: string }>();
  const taken = new Map<string, number>();
  const facts = new Map<string, SaltedFacts>();
  let writes = 0;
  return {
    async getRequest(target, subscription, signal) {
      check(signal);
      return requests.get(keyOf(target, foldId(subscription)));
    },
    async putRequest(request, version, signal) {
      check(signal);
      const key = keyOf(request.target, foldId(request.subscription));
      if (requests.get(key)?.version !== version) return false;
      writes += 1;
      requests.set(key, { value: request, version: String(writes) });
      return true;
    },
    async listRequests({ target, status, limit, first = "newest" }, signal) {
      check(signal);
      const found = [...requests.values()]
        .map(({ value }) => value)
        .filter((request) => target === undefined || request.target === target)
        .filter((request) => status === undefined || status.includes(request.status));
      const way = first === "newest" ? 1 : -1;
      return found.sort((a, b) => way * (b.firstSeenAt - a.firstSeenAt)).slice(0, limit);
    },
    async takeOnce(kind, value, keepSeconds, signal) {
      check(signal);
      const now = options.clock.now();
      for (const [key, until] of taken) if (until <= now) taken.delete(key);
      const key = keyOf(kind, value);
      if (taken.has(key)) return false;
      taken.set(key, now + keepSeconds * 1000);
      return true;
    },
    async putFacts(name, salted, signal) {
      check(signal);
      facts.set(name, salted);
    },
    async getFacts(name, signal) {
      check(signal);
      return facts.get(name);
    },
    async deleteFacts(before, needed, signal) {
      check(signal);
      const old = [...facts.keys()].filter((name) => (factsInstant(name) ?? before) < before && !needed.has(name));
      return old.filter((name) => facts.delete(name)).length;
    },
  };
}

export type MemoryRequestQueue = RequestQueue &
  PoisonQueue & {
    /** Takes all messages that are there, delayed ones too. */
    take(): readonly RequestMessage[];
    takeBatches(): readonly RequestBatch[];
    /** Puts a text where the host puts what it gives up. */
    giveUp(text: string, at: number): void;
  };

/** An empty queue of requests. */
export function createMemoryRequestQueue(): MemoryRequestQueue {
  const waiting: RequestMessage[] = [];
  const batches: RequestBatch[] = [];
  let poison: PoisonMessage[] = [];
  let number = 0;
  return {
    async send(message, _options, signal) {
      check(signal);
      waiting.push(message);
    },
    async sendBatch(batch, signal) {
      check(signal);
      batches.push(batch);
    },
    async listPoison(signal) {
      check(signal);
      return { messages: poison.slice(0, 32), count: poison.length };
    },
    async takeUpPoison(which, signal) {
      check(signal);
      const found = poison.filter(
        (given) => which === "all" || ("id" in which ? which.id === given.id : isAbout(given, which.subscription)),
      );
      poison = poison.filter((message) => !found.includes(message));
      waiting.push(...found.flatMap(({ message }) => message ?? []));
      batches.push(...found.flatMap(({ batch }) => batch ?? []));
      return found.length;
    },
    take: () => waiting.splice(0),
    takeBatches: () => batches.splice(0),
    giveUp(text, at) {
      number += 1;
      poison.push({ id: String(number), ...readRequestMessage(text), givenUpAt: at });
    },
  };
}

/** An empty roster. */
export function createMemoryRoster(): Roster {
  const rosters = new Map<string, { readonly at: number; readonly entries: ReadonlyMap<string, RosterEntry> }>();

  /** The only one for whom it holds. */
  function findOnly(target: string, isWanted: (entry: RosterEntry) => boolean): KnownWorker | undefined {
    const roster = rosters.get(target);
    const [entry, ...others] = [...(roster?.entries.values() ?? [])].filter(isWanted);
    return roster === undefined || entry === undefined || others.length > 0 ? undefined : { entry, readAt: roster.at };
  }

  return {
    async put(target, entries, at, signal) {
      check(signal);
      rosters.set(target, { at, entries: new Map(entries.map((entry) => [entry.person.worker, keptEntry(entry)])) });
    },
    async findWorker(target, worker, signal) {
      check(signal);
      const roster = rosters.get(target);
      const entry = roster?.entries.get(worker);
      return roster === undefined || entry === undefined ? undefined : { entry, readAt: roster.at };
    },
    async findObjectId(target, objectId, signal) {
      check(signal);
      const wanted = foldObjectId(objectId);
      return findOnly(
        target,
        ({ person: { entraObjectId: own } }) => own !== undefined && foldObjectId(own) === wanted,
      );
    },
    async findAddress(target, address, signal) {
      check(signal);
      const wanted = addressKey(address);
      return findOnly(target, ({ person: { email } }) => email !== undefined && addressKey(email) === wanted);
    },
    async keepOnly(targets, signal) {
      check(signal);
      return [...rosters.keys()].filter((target) => !targets.includes(target) && rosters.delete(target)).length;
    },
  };
}

/** An empty audit. */
export function createMemoryAudit(): Audit {
  const days = new Map<string, Map<string, string[]>>();
  const daysOf = (target: string) => {
    const known = days.get(target) ?? new Map<string, string[]>();
    days.set(target, known);
    return known;
  };
  return {
    async append(entry, signal) {
      check(signal);
      const known = daysOf(entry.target);
      const day = auditDay(entry.at);
      const lines = known.get(day) ?? [];
      const last = [...known.keys()]
        .filter((other) => other < day)
        .sort()
        .at(-1);
      const dayBefore: DayEnd | undefined =
        last === undefined ? undefined : { day: last, ...endOf(known.get(last) ?? []) };
      lines.push(chainLine(entry, endOf(lines), { writer: "memory", ...(dayBefore !== undefined && { dayBefore }) }));
      known.set(day, lines);
    },
    async read(target, day, signal) {
      check(signal);
      return [...(days.get(target)?.get(day) ?? [])];
    },
    async days(target, signal) {
      check(signal);
      return [...(days.get(target)?.keys() ?? [])].sort();
    },
  };
}

function endOf(lines: readonly string[]): ChainEnd {
  const last = lines.at(-1);
  return last === undefined ? chainStart : { number: lines.length, hash: lineHash(last) };
}

function keyOf(...parts: readonly string[]): string {
  return JSON.stringify(parts);
}

function check(signal: AbortSignal): void {
  if (signal.aborted) throw stoppedError("use the store of requests", signal.reason);
}
