// Timer functions: NCRONTAB schedules (six fields with seconds first; five are taken as minutes) in UTC. Not fired at
// start-up unless `runOnStartup` says so; there is no schedule monitor, so what a stopped host missed is not made up for.
import { Cron } from "croner";
import type { HostClock } from "./host-types.ts";
import { pause } from "./host-types.ts";
import type { RpcData } from "./worker-protocol.ts";

export type TimerListener = {
  /** Fires now, outside the schedule. */
  fire(): Promise<void>;
  /** Resolves when the loop has ended; what was fired goes on. */
  stop(): Promise<void>;
};

export type TimerListenerOptions = {
  readonly cron: Cron;
  readonly runOnStartup: boolean;
  readonly clock: HostClock;
  /** Runs the function with what the timer binding gets. The next one is fired only after it has ended. */
  readonly run: (timer: RpcData) => Promise<void>;
};

// A timer of Node cannot wait longer than 24 days.
const longestSleepMs = 60 * 60_000;

export function startTimerListener({ cron, runOnStartup, clock, run }: TimerListenerOptions): TimerListener {
  const stopped = new AbortController();
  let last = 0;

  async function fire(): Promise<void> {
    const firedAt = clock.now();
    const status = { Last: toIso(last), LastUpdated: toIso(last), Next: toIso(nextAfter(cron, firedAt) ?? 0) };
    last = firedAt;
    return run({
      json: JSON.stringify({ Schedule: { AdjustForDST: true }, ScheduleStatus: status, IsPastDue: false }),
    });
  }

  async function sleepUntil(instant: number): Promise<boolean> {
    while (clock.now() < instant) {
      if (!(await pause(clock, Math.min(instant - clock.now(), longestSleepMs), stopped.signal))) return false;
    }
    return true;
  }

  async function loop(): Promise<void> {
    if (runOnStartup) await untilStopped(fire(), stopped.signal);
    while (!stopped.signal.aborted) {
      const next = nextAfter(cron, clock.now());
      if (next === undefined || !(await sleepUntil(next))) return;
      await untilStopped(fire(), stopped.signal);
    }
  }

  const looping = loop();
  return {
    fire,
    async stop() {
      stopped.abort();
      await looping;
    },
  };
}

/** The schedule, which runs nothing by itself. @throws when it is not an NCRONTAB expression */
export function parseSchedule(schedule: string): Cron {
  const item = String.raw`(\*|\d+|[A-Za-z]{3})(-(\d+|[A-Za-z]{3}))?(\/\d+)?`;
  const field = new RegExp(`^${item}(,${item})*$`);
  if (
    !schedule
      .trim()
      .split(/\s+/)
      .every((text) => field.test(text))
  ) {
    throw new Error(
      `Cannot read schedule "${schedule}": it is no NCRONTAB expression, expected six fields such as "0 */5 * * * *"`,
    );
  }
  return new Cron(schedule, { paused: true, timezone: "UTC", mode: "5-or-6-parts", domAndDow: true });
}

function nextAfter(cron: Cron, instant: number): number | undefined {
  return cron.nextRun(new Date(instant))?.getTime();
}

// .NET writes an instant that never was as the first of its calendar.
function toIso(instant: number): string {
  return instant === 0 ? "0001-01-01T00:00:00+00:00" : new Date(instant).toISOString();
}

function untilStopped(work: Promise<void>, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const stop = (): void => resolve();
    signal.addEventListener("abort", stop, { once: true });
    work.then(stop, stop).finally(() => signal.removeEventListener("abort", stop));
  });
}
