// The audit in append blobs of the storage account: one chain for each target and day. It detects; that nobody can
// write over it at all is up to an immutability policy on the container (docs/audit.md).
import { auditDay } from "../core/audit-chain.ts";
import type { Log } from "../ports.ts";
import type { Audit } from "../request-ports.ts";
import { createStorageClients, type StorageOptions } from "../storage/storage-clients.ts";
import { callStore, stoppedError } from "../storage/store-error.ts";
import { listDays, readLines } from "./audit-blobs.ts";
import { type AuditWriter, createAuditWriter } from "./audit-writer.ts";

/** The audit for one log after the other: each is told the ends of the chains that are written for it.
 * @throws CONFIG_INVALID for an impossible prefix; STORE_UNAVAILABLE and ABORTED from every method */
export function createAzureAudit(
  options: StorageOptions & {
    /** A new blob is begun after so many blocks; the service allows 50,000. */
    readonly blocksPerBlob?: number;
  },
): (log: Log) => Audit {
  const { blocksPerBlob = 40_000 } = options;
  const clients = createStorageClients(options);
  const open = (signal: AbortSignal) => clients.container("audit", signal);
  const writers = new Map<string, AuditWriter>();

  function writerOf(target: string, day: string): AuditWriter {
    const key = JSON.stringify([target, day]);
    const known = writers.get(key);
    if (known !== undefined) return known;
    // Days that are over need no writer any more.
    for (const [other, writer] of writers) if (writer.idle() && !other.endsWith(`"${day}"]`)) writers.delete(other);
    const made = createAuditWriter({ open, target, day, blocksPerBlob });
    writers.set(key, made);
    return made;
  }

  return (log) => ({
    async append(entry, signal) {
      // A block holds records of several callers, so no single caller's signal may stop it once it is begun.
      if (signal.aborted) throw stoppedError("write the audit", signal.reason);
      await writerOf(entry.target, auditDay(entry.at)).append(entry, log);
    },
    async read(target, day, signal) {
      return await callStore("read the audit", signal, async () =>
        readLines(await open(signal), { target, day }, signal),
      );
    },
    async days(target, signal) {
      return await callStore("read the audit", signal, async () => listDays(await open(signal), target, signal));
    },
  });
}
