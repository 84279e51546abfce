// A run as `GET /api/runs` and the command line show it: instants as ISO text, progress worked out. No personal data.
import type { RunRecord } from "../core/run.ts";

export type RunProgress = {
  readonly done: number;
  readonly left: number;
  /** Changes a second since the run began; absent before the first one. */
  readonly perSecond?: number;
  readonly estimatedEnd?: string;
};

export type RunView = Readonly<Record<string, unknown>> & {
  readonly id: string;
  readonly status: RunRecord["status"];
  readonly progress?: RunProgress;
};

function iso(at: number | undefined): string | undefined {
  return at === undefined ? undefined : new Date(at).toISOString();
}

function progressOf(run: RunRecord, now: number): RunProgress | undefined {
  if (run.planned === undefined || run.startedAt === undefined) return undefined;
  const all = Object.values(run.planned).reduce((sum, n) => sum + n, 0);
  const done = Object.values(run.outcomes ?? {}).reduce((sum, n) => sum + n, 0);
  const left = Math.max(0, all - done);
  const seconds = ((run.finishedAt ?? now) - run.startedAt) / 1000;
  if (done === 0 || seconds <= 0) return { done, left };
  const perSecond = done / seconds;
  const open = run.status === "running" && left > 0;
  const estimatedEnd = open ? iso(now + (left / perSecond) * 1000) : undefined;
  return {
    done,
    left,
    perSecond: Math.round(perSecond * 10) / 10,
    ...(estimatedEnd === undefined ? {} : { estimatedEnd }),
  };
}

/** The run for a reader at `now`, epoch milliseconds. */
export function runView(run: RunRecord, now: number): RunView {
  const { createdAt, updatedAt, startedAt, finishedAt, ...others } = run;
  // How the program goes on with the run is nothing for a reader.
  const { counted: _, changesFrom: __, takenUp: ___, retriesLeft: ____, ...rest } = others;
  const progress = progressOf(run, now);
  return {
    ...rest,
    createdAt: iso(createdAt),
    updatedAt: iso(updatedAt),
    startedAt: iso(startedAt),
    finishedAt: iso(finishedAt),
    ...(progress === undefined ? {} : { progress }),
  };
}
