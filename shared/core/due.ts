// When a target's next timed run is due, and which runs were left lying.
import type { RunRecord } from "./run.ts";

/** A timer may fire a little early; a run is not put off by a whole tick for that. */
const slackMs = 30_000;

/** A run whose record nobody has written for so long has lost its message or its host. */
const abandonedAfterMs = 15 * 60_000;

export type Due =
  | { readonly status: "due" }
  | { readonly status: "notYet"; readonly nextAt: number }
  /** A run waits or is at work. */
  | { readonly status: "busy"; readonly runId: string }
  | { readonly status: "abandoned"; readonly runId: string };

/** What the timer does about a target. `runs` are its latest ones, newest first; `markedAt` is when something changed last
 * that is worth a run at once. */
export function due(runs: readonly RunRecord[], everyMinutes: number, now: number, markedAt?: number): Due {
  const open = runs.find((run) => run.status === "waiting" || run.status === "running");
  if (open !== undefined) {
    return now - open.updatedAt >= abandonedAfterMs
      ? { status: "abandoned", runId: open.id }
      : { status: "busy", runId: open.id };
  }
  const last = runs.find((run) => run.trigger === "timer" && run.request.purpose === "sync");
  const whole = runs.find(({ request }) => request.purpose === "sync" && request.worker === undefined);
  if (markedAt !== undefined && (whole === undefined || markedAt >= whole.createdAt)) return { status: "due" };
  const nextAt = last === undefined ? now : last.createdAt + everyMinutes * 60_000;
  return now + slackMs >= nextAt ? { status: "due" } : { status: "notYet", nextAt };
}
