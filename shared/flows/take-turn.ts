// Whose turn it is: one run for each target, and one for each bucket of limits that targets share.
import type { Clock, RunStore } from "../ports.ts";
import { type KeptLease, keepLease } from "./keep-lease.ts";

const longestLeaseSeconds = 60;

export type TurnOptions = {
  readonly target: string;
  readonly bucket: string | undefined;
  readonly leaseSeconds: number | undefined;
};

/** The turn, kept until it is released, or undefined while somebody else has it. @throws STORE_UNAVAILABLE, ABORTED */
export async function takeTurn(
  options: TurnOptions,
  world: { readonly store: Pick<RunStore, "acquireLease">; readonly clock: Clock },
  signal: AbortSignal,
): Promise<KeptLease | undefined> {
  const { store, clock } = world;
  const seconds = options.leaseSeconds ?? longestLeaseSeconds;
  const target = await store.acquireLease(`target/${options.target}`, seconds, signal);
  if (target === undefined) return undefined;
  const first = keepLease(target, seconds, clock, signal);
  if (options.bucket === undefined) return first;
  try {
    const bucket = await store.acquireLease(`bucket/${options.bucket}`, seconds, signal);
    if (bucket !== undefined) {
      const second = keepLease(bucket, seconds, clock, first.signal);
      return {
        signal: second.signal,
        async release() {
          await second.release();
          await first.release();
        },
      };
    }
  } catch (error) {
    await first.release();
    throw error;
  }
  await first.release();
  return undefined;
}
