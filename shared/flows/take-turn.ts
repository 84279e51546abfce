// Whose turn it is: one run for each target, and one for each bucket of limits that targets share.
import type { Clock } from "../ports.ts";
import type { RunStore } from "../run-ports.ts";
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
  const take = async (name: string, stop: AbortSignal): Promise<KeptLease | undefined> => {
    const since = clock.now();
    const lease = await store.acquireLease(name, seconds, stop);
    return lease === undefined ? undefined : keepLease(lease, { seconds, since }, clock, stop);
  };
  const first = await take(`target/${options.target}`, signal);
  if (first === undefined) return undefined;
  if (options.bucket === undefined) return first;
  try {
    const second = await take(`bucket/${options.bucket}`, first.signal);
    if (second !== undefined) {
      return {
        signal: second.signal,
        lost: AbortSignal.any([first.lost, second.lost]),
        async release() {
          await Promise.all([second.release(), first.release()]);
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
