// Whether the sync does its work, told from its runs: the alarm is "no success since", not "an error happened". A run that
// could not read HR ends well all the same, so what its sources said is judged beside it.
import type { RunRecord, SourceSummary } from "./run.ts";

export type SourceHealth = {
  readonly source: string;
  /** When a run last read all of it, or who changed since it had read all of it; epoch milliseconds. */
  readonly lastReadAt?: number;
  readonly late: boolean;
};

export type TargetHealth = {
  readonly target: string;
  /** `unread`: runs end well, but a source could not be read completely for so long that nobody can leave by it. */
  readonly status: "ok" | "late" | "unread" | "blocked" | "failing" | "new";
  /** When a run last ended without an error, epoch milliseconds. */
  readonly lastSuccessAt?: number;
  readonly lastRun?: { readonly id: string; readonly status: RunRecord["status"]; readonly code?: string };
  /** Those of the latest run that came to reading. */
  readonly sources?: readonly SourceHealth[];
};

/** A target is late when it had no success for so many of its intervals, and so is a source without a complete read. */
const lateAfterIntervals = 4;

function lateSince(everyMinutes: number, now: number): number {
  return now - lateAfterIntervals * everyMinutes * 60_000;
}

/** The run of one worker says nothing about the others. */
function syncsOf(runs: readonly RunRecord[]): readonly RunRecord[] {
  return runs.filter(
    ({ request }) => request.mode === "apply" && request.purpose === "sync" && request.worker === undefined,
  );
}

/** Whether these runs go back far enough to tell that something is late: runs of single workers may crowd out the others. */
export function goBackFarEnough(runs: readonly RunRecord[], everyMinutes: number, now: number): boolean {
  return syncsOf(runs).some(({ createdAt }) => createdAt < lateSince(everyMinutes, now));
}

/** A system is asked for changes only while a whole read is recent, so an answer with them is as good as one. */
function wasRead({ completeness, partial }: SourceSummary): boolean {
  return completeness === "complete" || partial === "changes";
}

function sourcesHealth(syncs: readonly RunRecord[], since: number): readonly SourceHealth[] {
  const present = syncs.find(({ sources }) => sources !== undefined)?.sources ?? [];
  const all = syncs.flatMap(({ sources, startedAt, createdAt }) =>
    (sources ?? []).map((summary) => ({ summary, at: startedAt ?? createdAt })),
  );
  return present.map(({ source }) => {
    const reads = all.filter(({ summary }) => summary.source === source);
    const last = reads.find(({ summary }) => wasRead(summary));
    const from = last?.at ?? Math.min(...reads.map(({ at }) => at));
    return { source, ...(last !== undefined && { lastReadAt: last.at }), late: from < since };
  });
}

/** `runs` are the target's latest ones, newest first. */
export function targetHealth(
  target: string,
  runs: readonly RunRecord[],
  everyMinutes: number,
  now: number,
): TargetHealth {
  const syncs = syncsOf(runs);
  const [last] = syncs;
  if (last === undefined) return { target, status: "new" };
  const success = syncs.find((run) => run.status === "finished");
  const code = last.error?.code;
  const late = lateSince(everyMinutes, now);
  const sources = sourcesHealth(syncs, late);
  const head = {
    target,
    ...(success?.finishedAt === undefined ? {} : { lastSuccessAt: success.finishedAt }),
    lastRun: { id: last.id, status: last.status, ...(code === undefined ? {} : { code }) },
    ...(sources.length > 0 && { sources }),
  };
  if (last.status === "blocked") return { ...head, status: "blocked" };
  if (last.status === "failed") return { ...head, status: "failing" };
  const since = success?.finishedAt ?? Math.min(...syncs.map(({ createdAt }) => createdAt));
  if (since < late) return { ...head, status: "late" };
  return { ...head, status: sources.some((source) => source.late) ? "unread" : "ok" };
}
