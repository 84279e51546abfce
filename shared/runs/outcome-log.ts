// The journals of runs: what became of each change, one line each, written as it happens. A run that was killed goes
// on from what stands here.
import type { ContainerClient } from "@azure/storage-blob";
import type { RunStore } from "../run-ports.ts";
import { storageKey } from "../storage/storage-key.ts";
import { callStore } from "../storage/store-error.ts";
import { readOutcomeLines, writeOutcomeLine } from "../storage/stored-wire.ts";
import { type Appender, createAppender } from "./appender.ts";
import { createJournalWriter, listSegments } from "./journal-writer.ts";
import { withWriteLimit } from "./write-limit.ts";

// Whether a block was written that took too long is unknown, whoever stopped it: the journal cannot be written any more.
const never = new AbortController().signal;

/** Journals that a process keeps open; what a finished run leaves behind is small. */
const maxOpen = 100;

export type OutcomeLog = Pick<RunStore, "openJournal" | "appendOutcomes" | "getOutcomes">;

/** @throws STORE_UNAVAILABLE, ABORTED, from every method */
export function createOutcomeLog(options: {
  readonly open: (signal: AbortSignal) => Promise<ContainerClient>;
  /** A new blob is begun after so many blocks; the service allows 50,000. */
  readonly blocksPerBlob?: number;
  readonly maxBlockBytes?: number;
  /** How long a write may take yet when the slice has to end. */
  readonly afterStopMs?: number;
}): OutcomeLog {
  const { open, blocksPerBlob = 40_000, maxBlockBytes = 1_000_000, afterStopMs } = options;
  const appenders = new Map<string, Appender>();

  function appenderOf(runId: string): Appender {
    const known = appenders.get(runId);
    if (known !== undefined) return known;
    let write: ReturnType<typeof createJournalWriter> | undefined;
    const appender = createAppender({
      maxBlockBytes,
      commit: (block, stop) =>
        callStore("write the run's journal", never, () =>
          withWriteLimit(
            stop,
            async (limit) => {
              write ??= createJournalWriter({ container: await open(limit), folder: storageKey(runId), blocksPerBlob });
              await write(block, limit);
            },
            afterStopMs,
          ),
        ),
    });
    appenders.set(runId, appender);
    return appender;
  }

  function close(runId: string): void {
    if (appenders.get(runId)?.idle() === true) appenders.delete(runId);
  }

  return {
    openJournal(runId) {
      close(runId);
      // The oldest come first.
      for (const other of [...appenders.keys()].slice(0, -maxOpen)) close(other);
    },
    async appendOutcomes(runId, outcomes, signal) {
      await appenderOf(runId).append(outcomes.map(writeOutcomeLine), signal);
    },
    async getOutcomes(runId, signal) {
      return await callStore("read the run's journal", signal, async () => {
        const container = await open(signal);
        const parts: string[] = [];
        for (const { name, bytes } of await listSegments(container, storageKey(runId), signal)) {
          if (bytes === 0) continue;
          // No further than the listed length: a block that comes meanwhile belongs to the next reading.
          const buffer = await container.getBlobClient(name).downloadToBuffer(0, bytes, { abortSignal: signal });
          parts.push(buffer.toString("utf8"));
        }
        return parts.flatMap(readOutcomeLines);
      });
    },
  };
}
