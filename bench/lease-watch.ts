// Notes who held which lease when, to see that nobody held one that somebody else had.
import type { RunStore } from "../shared/run-ports.ts";

/** From the answer that gave the lease to the request that gives it back, epoch milliseconds. */
export type Holding = { readonly lease: string; readonly from: number; readonly until: number };

/** The store with its leases noted in `holdings`. */
export function watchLeases(store: RunStore, holdings: Holding[]): RunStore {
  return {
    ...store,
    async acquireLease(name, seconds, signal) {
      const lease = await store.acquireLease(name, seconds, signal);
      if (lease === undefined) return undefined;
      const from = Date.now();
      return {
        renew: (renewSignal) => lease.renew(renewSignal),
        async release(releaseSignal) {
          holdings.push({ lease: name, from, until: Date.now() });
          await lease.release(releaseSignal);
        },
      };
    },
  };
}

/** How many holdings began before an earlier one of the same lease had ended. */
export function heldTwice(holdings: readonly Holding[]): number {
  const until = new Map<string, number>();
  let twice = 0;
  for (const holding of [...holdings].sort((a, b) => a.from - b.from)) {
    const before = until.get(holding.lease) ?? 0;
    if (holding.from < before) twice += 1;
    until.set(holding.lease, Math.max(before, holding.until));
  }
  return twice;
}
