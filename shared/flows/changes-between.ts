// Between whole reads a timer's run reads only who changed, where the source can tell. A run that was planned from a
// whole read and left nothing undone marks the state from which changes count; nothing is used up by reading them, so a
// run that was blocked, or failed, is followed by one that sees the same again.
import type { RunRecord } from "../core/run.ts";
import type { PeopleSource } from "../ports.ts";
import type { RunStore } from "../run-ports.ts";
import type { Target } from "./make-plan.ts";
import type { SpacedSource } from "./read-people.ts";

type Marks = Pick<RunStore, "getSourceMemory" | "putSourceMemory">;

function markName(target: string, source: string): string {
  return `${target}/${source}`;
}

/** A timer's run may do with changes. Who asks for a plan, accepts one or asks about one worker sees everybody. */
function isRoutine({ request: { tick, mode, purpose, accept, worker, now } }: RunRecord): boolean {
  const special = accept ?? worker ?? now;
  return tick !== undefined && mode === "apply" && purpose === "sync" && special === undefined;
}

function readingChanges(source: PeopleSource, name: string, rules: string, store: Marks): PeopleSource {
  return {
    ...source,
    async read(signal) {
      const since = (await store.getSourceMemory(name, signal))?.changes;
      // Under other rules somebody who did not change may belong elsewhere.
      const changes = since?.rules === rules ? await source.readChanges?.(since, signal) : undefined;
      return changes ?? source.read(signal);
    },
  };
}

/** The target as this run reads it. With several sources each read has to be whole: what one of them says counts only
 * beside what the others say of the same worker. */
export function withChanges(run: RunRecord, target: Target, store: Marks): Target {
  const [only, ...others] = target.sources;
  const rules = target.rulesDigest;
  if (only?.source.readChanges === undefined || others.length > 0 || rules === undefined || !isRoutine(run))
    return target;
  const name = markName(target.policy.target, only.source.name);
  const changing: SpacedSource = { ...only, source: readingChanges(only.source, name, rules, store) };
  return { ...target, sources: [changing] };
}

/** After a run that came to its end: marks the state from which the next runs read changes, if this run saw everybody
 * and left nothing undone. */
export async function markChanges(run: RunRecord, target: Target, store: Marks, signal: AbortSignal): Promise<void> {
  const { changesFrom, outcomes, request } = run;
  const undone = (outcomes?.failed ?? 0) + (outcomes?.skipped ?? 0);
  if (changesFrom === undefined || target.rulesDigest === undefined || undone > 0) return;
  if (request.purpose !== "sync" || request.worker !== undefined) return;
  const { source, token, at } = changesFrom;
  const people = run.sources?.find((each) => each.source === source)?.people ?? 0;
  const changes = { token, at, rules: target.rulesDigest };
  await store.putSourceMemory(markName(request.target, source), { at, people, changes }, signal);
}
