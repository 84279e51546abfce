// Tries everything that the app needs, once, and goes on after a failure with whatever does not rest on what failed.
import { type Checked, type Found, failedCheck } from "../core/check-up.ts";
import { asAppError } from "../core/errors.ts";
import type { Clock } from "../ports.ts";

/** A look at one thing, which leaves nothing behind. */
export type Probe = {
  readonly name: string;
  /** Names of the probes without which this one says nothing. */
  readonly needs: readonly string[];
  /** @throws why the thing cannot be used */
  run(signal: AbortSignal): Promise<Found>;
};

/** Probes of one step run at once; those of the next may come of what they found. */
export type ProbeSteps = AsyncIterable<readonly Probe[]>;

/** `done` gets each result as soon as its step is over. @throws ABORTED */
export async function checkUp(
  steps: ProbeSteps,
  world: { readonly clock: Pick<Clock, "now">; readonly done: (checked: Checked) => void },
  signal: AbortSignal,
): Promise<readonly Checked[]> {
  const all: Checked[] = [];
  const missing = new Set<string>();

  const look = async ({ name, needs, run }: Probe): Promise<Checked> => {
    const need = needs.find((each) => missing.has(each));
    if (need !== undefined) {
      missing.add(name);
      return { name, ms: 0, status: "notTried", text: `it needs "${need}", see there` };
    }
    const from = world.clock.now();
    try {
      const found = await run(signal);
      return { name, ms: world.clock.now() - from, ...found };
    } catch (cause) {
      if (signal.aborted) throw cause;
      missing.add(name);
      return { name, ms: world.clock.now() - from, ...failedCheck(asAppError(cause)) };
    }
  };

  for await (const step of steps) {
    for (const checked of await Promise.all(step.map(look))) {
      all.push(checked);
      world.done(checked);
    }
  }
  return all;
}
