// Writes the chain of one target and day. Several processes write it at once: each appends only where it believes the
// blob to end; when somebody else was quicker it reads what came, chains its records to that, and tries again. What is
// handed in while a write is under way goes into the next one together.
import { randomUUID } from "node:crypto";
import type { ContainerClient } from "@azure/storage-blob";
import { type AuditEntry, type ChainEnd, chainLine, chainStart, type DayEnd, lineHash } from "../core/audit-chain.ts";
import { AppError, asAppError } from "../core/errors.ts";
import type { Log } from "../ports.ts";
import { callStore, statusOf } from "../storage/store-error.ts";
import { type AuditBlob, listDay, listDays, makeBlob, readBytes, readEnd, stateOf } from "./audit-blobs.ts";

const entriesPerBlock = 500;
const conflictTries = 100;
// Of one block with all its tries.
const writeLimitMs = 60_000;
const never = new AbortController().signal;

export type AuditWriter = {
  /** The end of the chain is told to `log`. */
  append(entry: AuditEntry, log: Log): Promise<void>;
  /** Nothing is waiting or being written. */
  idle(): boolean;
};

type State = AuditBlob & { readonly bytes: number; readonly blocks: number; readonly end: ChainEnd };
type Waiting = {
  readonly entry: AuditEntry;
  readonly log: Log;
  readonly settle: (failure: AppError | undefined) => void;
};
type Chained = { readonly block: Buffer; readonly end: ChainEnd };

/** @throws STORE_UNAVAILABLE from `append`; a record may be there nevertheless, when only the answer was lost */
export function createAuditWriter(options: {
  readonly open: (signal: AbortSignal) => Promise<ContainerClient>;
  readonly target: string;
  readonly day: string;
  /** A new blob is begun after so many blocks; the service allows 50,000. */
  readonly blocksPerBlob: number;
}): AuditWriter {
  const { open, target, day, blocksPerBlob } = options;
  const writer = randomUUID().slice(0, 8);
  let waiting: Waiting[] = [];
  let writing = false;
  let state: State | undefined;
  let dayBefore: DayEnd | undefined;

  async function begin(container: ContainerClient, signal: AbortSignal): Promise<State> {
    const blobs = await listDay(container, options, signal);
    const last = blobs.at(-1) ?? (await makeBlob(container, options, 1, signal));
    const at = await stateOf(last.blob, signal);
    const end = await endOf(last.number > 1 ? [...blobs] : [last], signal);
    if (end.number === 0) dayBefore = await findDayBefore(container, signal);
    return { ...last, ...at, end };
  }

  async function findDayBefore(container: ContainerClient, signal: AbortSignal): Promise<DayEnd | undefined> {
    const before = (await listDays(container, target, signal)).filter((other) => other < day).at(-1);
    if (before === undefined) return undefined;
    const end = await endOf(await listDay(container, { target, day: before }, signal), signal);
    return { day: before, ...end };
  }

  function chained(entries: readonly AuditEntry[], from: ChainEnd): Chained {
    let end = from;
    const lines = entries.map((entry) => {
      const line = chainLine(entry, end, { writer, ...(dayBefore !== undefined && { dayBefore }) });
      end = { number: end.number + 1, hash: lineHash(line) };
      return `${line}\n`;
    });
    return { block: Buffer.from(lines.join(""), "utf8"), end };
  }

  async function commit(entries: readonly AuditEntry[], log: Log, signal: AbortSignal): Promise<void> {
    const container = await open(signal);
    for (let turn = 0; turn < conflictTries; turn += 1) {
      let at = state ?? (await begin(container, signal));
      while (at.blocks >= blocksPerBlob) at = await nextBlob(container, options, at, signal);
      state = at;
      const made = chained(entries, at.end);
      if (await append(at, made.block, signal)) {
        state = { ...at, bytes: at.bytes + made.block.length, blocks: at.blocks + 1, end: made.end };
        tell(at.end, made.end, log);
        return;
      }
      state = await catchUp(at, signal);
    }
    throw new AppError(
      "STORE_UNAVAILABLE",
      `Cannot write the audit: others were quicker ${conflictTries} times, a free moment was expected; try again`,
    );
  }

  /** The log keeps what the chain's end was, out of reach for whoever rewrites the blobs. */
  function tell(before: ChainEnd, end: ChainEnd, log: Log): void {
    if (before.number === 0 && dayBefore !== undefined) log.info("audit.day.closed", { target, ...dayBefore });
    log.info("audit.recorded", { target, day, ...end });
  }

  async function run(): Promise<void> {
    if (writing) return;
    writing = true;
    while (waiting.length > 0) {
      const batch = waiting.splice(0, entriesPerBlock);
      const log = batch.at(-1)?.log;
      if (log === undefined) break;
      let failure: AppError | undefined;
      const signal = AbortSignal.timeout(writeLimitMs);
      const entries = batch.map(({ entry }) => entry);
      try {
        await callStore("write the audit", never, () => commit(entries, log, signal));
      } catch (error) {
        failure = asAppError(error);
        // What is there is looked at afresh; who waits is told at once instead of waiting for one failure after another.
        state = undefined;
        batch.push(...waiting);
        waiting = [];
      }
      for (const { settle } of batch) settle(failure);
    }
    writing = false;
  }

  return {
    append: (entry, log) =>
      new Promise<void>((resolve, reject) => {
        waiting.push({ entry, log, settle: (failure) => (failure === undefined ? resolve() : reject(failure)) });
        void run();
      }),
    idle: () => !writing,
  };
}

/** Where the chain ends that these blobs hold; the last ones may still be empty. */
async function endOf(blobs: readonly AuditBlob[], signal: AbortSignal): Promise<ChainEnd> {
  for (const { blob } of [...blobs].reverse()) {
    const { bytes } = await stateOf(blob, signal);
    const end = await readEnd(blob, bytes, signal);
    if (end !== undefined) return end;
  }
  return chainStart;
}

async function nextBlob(
  container: ContainerClient,
  place: { readonly target: string; readonly day: string },
  full: State,
  signal: AbortSignal,
): Promise<State> {
  const next = await makeBlob(container, place, full.number + 1, signal);
  const at = await stateOf(next.blob, signal);
  return { ...next, ...at, end: (await readEnd(next.blob, at.bytes, signal)) ?? full.end };
}

/** False when the blob does not end where it was believed to. */
async function append({ blob, bytes }: State, block: Buffer, signal: AbortSignal): Promise<boolean> {
  try {
    await blob.appendBlock(block, block.length, { conditions: { appendPosition: bytes }, abortSignal: signal });
    return true;
  } catch (error) {
    if (statusOf(error) !== 412) throw error;
    // The client tries again when an answer gets lost, and then meets its own first try.
    const now = await stateOf(blob, signal);
    if (now.bytes < bytes + block.length) return false;
    return (await readBytes(blob, bytes, bytes + block.length, signal)).equals(block);
  }
}

async function catchUp(at: State, signal: AbortSignal): Promise<State> {
  const now = await stateOf(at.blob, signal);
  return { ...at, ...now, end: (await readEnd(at.blob, now.bytes, signal)) ?? at.end };
}
