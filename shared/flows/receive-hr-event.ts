// An HR system said that something changed. It is asked itself, through the same plan, guard and window as ever: about
// the worker, where that costs no whole read of any source; else the target's next tick is due. Never a whole read for
// each event.
import { servesHr } from "../core/due.ts";
import { workerKey } from "../core/person.ts";
import type { RunRecord } from "../core/run.ts";
import { canAskAlone, type SpacedSource } from "./read-people.ts";
import { type RequestWorld, requestRun } from "./request-run.ts";

export type HrEvent = {
  readonly source: string;
  /** Numbers of the workers whom the event names. */
  readonly employeeNumbers: readonly string[];
};

/** A target that reads the event's source, with all its sources. */
export type EventTarget = { readonly name: string; readonly sources: readonly SpacedSource[] };

/** An event about more workers than this is one about everybody, and so are more runs than this that wait: each of them
 * reads the target's whole directory. */
const maxWorkers = 20;
/** How many of a target's latest runs are searched for those that have not begun. */
const searchedRuns = 100;

/** The only number space that the source's rows can have. Where rows name their own, a number alone names nobody. */
function spaceOf({ source }: HrEvent, { sources }: EventTarget): string | undefined {
  const spaces = sources.find((each) => each.source.name === source)?.spaces;
  return spaces !== undefined && spaces !== "any" && spaces.length === 1 ? spaces[0] : undefined;
}

/** Of the workers named, those for whom no run waits yet. Undefined where a run for each of them is no way to look. */
async function workersToAsk(
  event: HrEvent,
  target: EventTarget,
  { store }: RequestWorld,
  signal: AbortSignal,
): Promise<readonly string[] | undefined> {
  const { employeeNumbers } = event;
  const space = spaceOf(event, target);
  if (space === undefined || !canAskAlone(target.sources, space)) return undefined;
  if (employeeNumbers.length === 0 || employeeNumbers.length > maxWorkers) return undefined;
  const runs = await store.listRuns({ target: target.name, limit: searchedRuns }, signal);
  const waiting = runs.filter(({ status, request }) => status === "waiting" && servesHr(request));
  const known = new Set(waiting.map(({ request }) => request.worker));
  const missing = employeeNumbers.map((number) => workerKey(space, number)).filter((worker) => !known.has(worker));
  return missing.length > 0 && waiting.filter(isOfEvent).length + missing.length > maxWorkers ? undefined : missing;
}

function isOfEvent({ trigger }: RunRecord): boolean {
  return trigger === "event";
}

/** Asks for a run of each worker at each target, or marks the targets due. A run that was asked for and has not begun
 * will see the change as well, so there is no second one. @throws STORE_UNAVAILABLE */
export async function receiveHrEvent(
  event: HrEvent,
  targets: readonly EventTarget[],
  world: RequestWorld,
  signal: AbortSignal,
): Promise<void> {
  let asked = 0;
  let marked = 0;
  for (const each of targets) {
    const { name: target } = each;
    const workers = await workersToAsk(event, each, world, signal);
    if (workers === undefined) {
      await world.store.markDue(target, world.clock.now(), signal);
      marked += 1;
      continue;
    }
    for (const worker of workers)
      await requestRun({ target, mode: "apply", purpose: "sync", worker }, { trigger: "event" }, world, signal);
    asked += workers.length;
  }
  world.log.info("hr.event.taken", { source: event.source, targets: targets.length, asked, marked });
}
