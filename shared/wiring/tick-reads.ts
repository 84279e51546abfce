// The sources of a target as a run of a tick reads them: what several targets read, they read once.
import type { OpenedRules } from "../config/open-rules.ts";
import type { SpacedSource } from "../flows/read-people.ts";
import type { Clock, Log, RunStore } from "../ports.ts";
import { once } from "./app-parts.ts";

type ShareSources = (
  sources: readonly SpacedSource[],
  of: { readonly tick: number | undefined; readonly rules: OpenedRules; readonly log: Log },
) => Promise<readonly SpacedSource[]>;

function targetsWith(source: string, { rules }: OpenedRules): number {
  return rules.targets.filter(({ sources }) => sources?.includes(source) ?? true).length;
}

/** A run without a tick reads for itself, and so does one whose source no other target has. */
export function createTickReads(clock: Clock, openStore: () => Promise<RunStore>): ShareSources {
  const sharing = once(async () => {
    const [{ createSharedReads }, { readOnce, sharedReadMs }] = await Promise.all([
      import("../people/share-reads.ts"),
      import("../flows/read-once.ts"),
    ]);
    return { share: createSharedReads({ clock, maxAgeMs: sharedReadMs }), readOnce };
  });
  return async (sources, { tick, rules, log }) => {
    if (tick === undefined || sources.every(({ source }) => targetsWith(source.name, rules) < 2)) return sources;
    const [{ share, readOnce }, store] = await Promise.all([sharing(), openStore()]);
    return sources.map(({ source, spaces }) => {
      if (targetsWith(source.name, rules) < 2) return { source, spaces };
      const shared = share(source, {
        tick,
        rules: rules.digest,
        readOnce: (reading, signal) => readOnce(reading, { clock, log, store }, signal),
      });
      return { source: shared, spaces };
    });
  };
}
