// When a target's next timed run is due, and which runs were left lying.
import { isOpen, type RunRecord, type RunRequest } from "./run.ts";

/** A timer may fire a little early; a run is not put off by a whole tick for that. */
const slackMs = 30_000;

/** A run whose record nobody has written for so long has lost its message or its host. */
const abandonedAfterMs = 15 * 60_000;

/** After so many runs that came to nothing a mark waits as long as every other run does: a system in trouble is not read
 * at each tick. */
const mostTries = 3;

export type Due =
  | { readonly status: "due" }
  | { readonly status: "notYet"; readonly nextAt: number }
  /** A run waits or is at work. */
  | { readonly status: "busy"; readonly runId: string }
  | { readonly status: "abandoned"; readonly runId: string };

function isAbandoned({ updatedAt }: RunRecord, now: number): boolean {
  return now - updatedAt >= abandonedAfterMs;
}

/** Whether such a run brings in order what HR says now: it writes, by a plan of its own, and for today. */
export function servesHr({ mode, purpose, accept, now }: RunRequest): boolean {
  return mode === "apply" && purpose === "sync" && accept === undefined && now === undefined;
}

/** Whether the run has come to its verdict, and saw something of each source that it asked for everybody. One that the
 * guard blocked has: it waits for a person, and the next one would say the same. */
function hasLooked({ status, sources = [] }: RunRecord): boolean {
  const unseen = sources.some(
    ({ completeness, partial, people }) => completeness === "incomplete" && partial === undefined && people === 0,
  );
  return (status === "finished" || status === "blocked") && !unseen;
}

/** Whether no run since the mark has looked at everybody. */
function isUnserved(runs: readonly RunRecord[], markedAt: number): boolean {
  const since = runs.filter(
    ({ request, createdAt }) => createdAt > markedAt && request.worker === undefined && servesHr(request),
  );
  return since.length < mostTries && !since.some(hasLooked);
}

/** What the timer does about a target. `runs` are its latest ones, newest first; `markedAt` is when something changed last
 * that is worth a run at once. Runs that an event asked for are about one worker each, and however many of them there are
 * keep nobody else waiting: the target's lease sees to it that two never work at once. */
export function due(runs: readonly RunRecord[], everyMinutes: number, now: number, markedAt?: number): Due {
  const open = runs.find((run) => isOpen(run) && run.trigger !== "event");
  if (open !== undefined) return { status: isAbandoned(open, now) ? "abandoned" : "busy", runId: open.id };
  if (markedAt !== undefined && isUnserved(runs, markedAt)) return { status: "due" };
  const last = runs.find((run) => run.trigger === "timer" && run.request.purpose === "sync");
  const nextAt = last === undefined ? now : last.createdAt + everyMinutes * 60_000;
  return now + slackMs >= nextAt ? { status: "due" } : { status: "notYet", nextAt };
}

/** The run that an event asked for and that was left lying; the oldest one, since a long queue is no loss. Taken up
 * beside whatever else is due. */
export function lostEventRun(runs: readonly RunRecord[], now: number): string | undefined {
  return runs.findLast((run) => isOpen(run) && run.trigger === "event" && isAbandoned(run, now))?.id;
}
