// Leases, each on an empty blob of its own: the service itself sees to it that one holder has it, and takes it back
// from a holder that died.
import type { BlockBlobClient, ContainerClient } from "@azure/storage-blob";
import { AppError } from "../core/errors.ts";
import type { Lease, RunStore } from "../run-ports.ts";
import { storageKey } from "../storage/storage-key.ts";
import { callStore, unlessStatus } from "../storage/store-error.ts";

/** @throws STORE_UNAVAILABLE, ABORTED; BUG for a time that the service does not lease for */
export function createLeaseBlobs(
  open: (signal: AbortSignal) => Promise<ContainerClient>,
): Pick<RunStore, "acquireLease"> {
  return {
    async acquireLease(name, seconds, signal) {
      checkLeaseSeconds(seconds);
      return await callStore("take the lease", signal, async () => {
        const blob = (await open(signal)).getBlockBlobClient(storageKey(name));
        const lease = blob.getBlobLeaseClient();
        // 404: the name's first lease. 409: somebody holds it.
        const acquire = (expected: readonly number[]) =>
          unlessStatus(expected, () => lease.acquireLease(seconds, { abortSignal: signal }));
        if ((await acquire([404, 409])) === undefined) {
          await makeBlob(blob, signal);
          if ((await acquire([409])) === undefined) return undefined;
        }
        return toLease(lease);
      });
    },
  };
}

/** https://learn.microsoft.com/rest/api/storageservices/lease-blob
 * @throws BUG */
export function checkLeaseSeconds(seconds: number): void {
  if (Number.isInteger(seconds) && seconds >= 15 && seconds <= 60) return;
  throw new AppError(
    "BUG",
    `Cannot take the lease: it is asked for ${seconds} s, 15 to 60 whole seconds were expected`,
  );
}

/** What a holder is told whose lease ran out or was broken. */
export function leaseLostError(cause?: unknown): AppError {
  return new AppError(
    "STORE_UNAVAILABLE",
    "Cannot keep the lease: it was lost, to be its only holder was expected; this slice has to stop",
    { cause, context: { lost: true } },
  );
}

type LeaseClient = ReturnType<BlockBlobClient["getBlobLeaseClient"]>;

function toLease(lease: LeaseClient): Lease {
  return {
    async renew(signal) {
      await callStore("keep the lease", signal, async () => {
        const kept = await unlessStatus([404, 409, 412], () => lease.renewLease({ abortSignal: signal }));
        if (kept === undefined) throw leaseLostError();
      });
    },
    async release(signal) {
      await callStore("give the lease back", signal, async () => {
        // A lease that was lost needs no giving back.
        await unlessStatus([404, 409, 412], () => lease.releaseLease({ abortSignal: signal }));
      });
    },
  };
}

async function makeBlob(blob: BlockBlobClient, signal: AbortSignal): Promise<void> {
  // 409 and 412: it is there already, and perhaps leased.
  await unlessStatus([409, 412], () => blob.upload("", 0, { conditions: { ifNoneMatch: "*" }, abortSignal: signal }));
}
