// Whether the sync does its work, told from its runs: the alarm is "no success since", not "an error happened".
import type { RunRecord } from "./run.ts";

export type TargetHealth = {
  readonly target: string;
  readonly status: "ok" | "late" | "blocked" | "failing" | "new";
  /** When a run last ended without an error, epoch milliseconds. */
  readonly lastSuccessAt?: number;
  readonly lastRun?: { readonly id: string; readonly status: RunRecord["status"]; readonly code?: string };
};

/** A target is late when it had no success for so many of its intervals. */
const lateAfterIntervals = 4;

/** `runs` are the target's latest ones, newest first. */
export function targetHealth(
  target: string,
  runs: readonly RunRecord[],
  everyMinutes: number,
  now: number,
): TargetHealth {
  // The run of one worker says nothing about the others.
  const syncs = runs.filter(
    ({ request }) => request.mode === "apply" && request.purpose === "sync" && request.worker === undefined,
  );
  const [last] = syncs;
  if (last === undefined) return { target, status: "new" };
  const success = syncs.find((run) => run.status === "finished");
  const code = last.error?.code;
  const head = {
    target,
    ...(success?.finishedAt === undefined ? {} : { lastSuccessAt: success.finishedAt }),
    lastRun: { id: last.id, status: last.status, ...(code === undefined ? {} : { code }) },
  };
  if (last.status === "blocked") return { ...head, status: "blocked" };
  if (last.status === "failed") return { ...head, status: "failing" };
  const since = success?.finishedAt ?? Math.min(...syncs.map(({ createdAt }) => createdAt));
  return { ...head, status: now - since > lateAfterIntervals * everyMinutes * 60_000 ? "late" : "ok" };
}
