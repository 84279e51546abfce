// An HR system said that something changed. It is asked itself, through the same plan, guard and window as ever: about
// the worker, where it can be asked about one; else the target's next tick is due. Never a whole read for each event.
import { workerKey } from "../core/person.ts";
import { type RequestWorld, requestRun } from "./request-run.ts";

export type HrEvent = {
  readonly source: string;
  readonly numberSpace: string;
  /** Numbers of the workers whom the event names. */
  readonly employeeNumbers: readonly string[];
  /** Whether the source can be asked about one worker. */
  readonly readsOneWorker: boolean;
};

/** An event about more workers than this is one about everybody. */
const maxWorkers = 20;
/** How many of a target's latest runs are searched for one that has not begun. */
const searchedRuns = 100;

/** Asks for a run of each worker at each target, or marks the targets due. A run that was asked for and has not begun
 * will see the change as well, so there is no second one. @throws STORE_UNAVAILABLE */
export async function receiveHrEvent(
  event: HrEvent,
  targets: readonly string[],
  world: RequestWorld,
  signal: AbortSignal,
): Promise<void> {
  const { source, numberSpace, employeeNumbers } = event;
  const named = employeeNumbers.length > 0 && employeeNumbers.length <= maxWorkers;
  const alone = event.readsOneWorker && named;
  for (const target of targets) {
    if (!alone) {
      await world.store.markDue(target, world.clock.now(), signal);
      continue;
    }
    const runs = await world.store.listRuns({ target, limit: searchedRuns }, signal);
    const waiting = new Set(runs.flatMap(({ status, request }) => (status === "waiting" ? [request.worker] : [])));
    for (const employeeNumber of employeeNumbers) {
      const worker = workerKey(numberSpace, employeeNumber);
      if (waiting.has(worker)) continue;
      await requestRun({ target, mode: "apply", purpose: "sync", worker }, { trigger: "event" }, world, signal);
    }
  }
  world.log.info("hr.event.taken", { source, targets: targets.length, workers: alone ? employeeNumbers.length : 0 });
}
