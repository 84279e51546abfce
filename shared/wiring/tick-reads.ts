// The sources of a target as a run of a tick reads them: what several targets read, they read once.
import type { OpenedRules } from "../config/open-rules.ts";
import { asAppError } from "../core/errors.ts";
import { once } from "../core/once.ts";
import { lastOwnRead } from "../core/shared-read.ts";
import type { SpacedSource } from "../flows/read-people.ts";
import type { Clock, Log } from "../ports.ts";
import type { RunStore } from "../run-ports.ts";

type Rules = Pick<OpenedRules, "rules" | "digest">;

type ShareSources = (
  sources: readonly SpacedSource[],
  of: {
    readonly target: string;
    readonly tick: number | undefined;
    readonly rules: Rules;
    readonly log: Log;
  },
) => Promise<readonly SpacedSource[]>;

function targetsWith(source: string, { rules }: Rules): number {
  return rules.targets.filter(({ sources }) => sources?.includes(source) ?? true).length;
}

/** How many of a target's latest runs tell when it last read for itself. */
const searchedRuns = 50;

/** A run without a tick reads for itself, and so does one whose source no other target has. */
export function createTickReads(clock: Clock, openStore: () => Promise<RunStore>): ShareSources {
  const sharing = once(async () => {
    const [{ createSharedReads }, { readOnce, sharedReadMs }] = await Promise.all([
      import("../people/share-reads.ts"),
      import("../flows/read-once.ts"),
    ]);
    const later = (ms: number, what: () => void) => void setTimeout(what, ms).unref();
    return { share: createSharedReads({ clock, maxAgeMs: sharedReadMs, later }), readOnce };
  });
  return async (sources, { target, tick, rules, log }) => {
    if (tick === undefined || sources.every(({ source }) => targetsWith(source.name, rules) < 2)) return sources;
    const [{ share, readOnce }, store] = await Promise.all([sharing(), openStore()]);
    const notBefore = async (signal: AbortSignal): Promise<number> => {
      try {
        return lastOwnRead(await store.listRuns({ target, limit: searchedRuns }, signal));
      } catch (cause) {
        if (asAppError(cause).code === "ABORTED") throw cause;
        return Number.POSITIVE_INFINITY;
      }
    };
    return sources.map(({ source, spaces }) => {
      if (targetsWith(source.name, rules) < 2) return { source, spaces };
      const shared = share(source, {
        tick,
        rules: rules.digest,
        notBefore,
        readOnce: (reading, signal) => readOnce(reading, { clock, log, store }, signal),
      });
      return { source: shared, spaces };
    });
  };
}
