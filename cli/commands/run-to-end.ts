// Works on a run in this process, slice after slice, and leaves no run behind that somebody else would go on with.
import { AppError } from "../../shared/core/errors.ts";
import { isOpen, type RunRecord } from "../../shared/core/run.ts";
import { runSlice } from "../../shared/flows/run-slice.ts";
import { type RunWorld, type SliceOptions, save } from "../../shared/flows/slice.ts";

export type RanToEnd =
  | { readonly status: "done"; readonly run: RunRecord }
  /** Another run of the target is at work; this one has ended as cancelled. */
  | { readonly status: "leaseHeld" };

/** How long the last line of an interrupted run may take. */
const closingMs = 5_000;

/** Notes that the run ends here. The record is read again: the run may have come further than the caller saw. */
async function cancel(run: RunRecord, by: string, world: RunWorld): Promise<void> {
  const signal = AbortSignal.timeout(closingMs);
  const latest = (await world.store.getRun(run.id, signal)) ?? run;
  if (!isOpen(latest)) return;
  await save(latest, { status: "cancelled", cancelledBy: by, finishedAt: world.clock.now() }, world, signal);
}

function gone(runId: string): AppError {
  return new AppError(
    "STORE_UNAVAILABLE",
    `Cannot go on with the run "${runId}": its record is missing, start it again`,
  );
}

/** Runs slices until the run has ended. `by` is who works on it, for the record of a run that ends before its plan does.
 * @throws whatever the run throws; ABORTED when the signal fires, and then the record says `cancelled` */
export async function runToEnd(
  run: RunRecord,
  by: string,
  world: RunWorld,
  options: Omit<SliceOptions, "lastAttempt">,
  signal: AbortSignal,
): Promise<RanToEnd> {
  try {
    for (;;) {
      const result = await runSlice(run.id, world, { ...options, lastAttempt: true }, signal);
      if (result.status === "done") return { status: "done", run: result.run };
      if (result.status === "continues") continue;
      if (result.status === "unknown") throw gone(run.id);
      await cancel(run, `${by} (another run was at work)`, world);
      return { status: "leaseHeld" };
    }
  } catch (error) {
    // A record that cannot be written now does not hide why the run ended.
    if (signal.aborted) await cancel(run, `${by} (interrupted)`, world).catch(() => undefined);
    throw error;
  }
}
