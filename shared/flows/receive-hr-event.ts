// An HR system said that something changed. It is asked itself, through the same plan, guard and window as ever: about
// the worker, where that costs no whole read of any source; else the target's next tick is due. Never a whole read for
// each event.
import { servesHr } from "../core/due.ts";
import { asAppError } from "../core/errors.ts";
import { workerKey } from "../core/person.ts";
import type { RunRecord } from "../core/run.ts";
import { canAskAlone, type SpacedSource } from "./read-people.ts";
import { type RequestWorld, requestRun } from "./request-run.ts";

export type HrEvent = {
  readonly source: string;
  /** Whom the event names: workers by their numbers, or by ids of the system, of which the source knows the numbers. */
  readonly named: { readonly by: "number" | "id"; readonly values: readonly string[] };
};

/** A target that reads the event's source, with all its sources. */
export type EventTarget = { readonly name: string; readonly sources: readonly SpacedSource[] };

/** An event about more workers than this is one about everybody, and so are more runs than this that wait: each of them
 * reads the target's whole directory. */
const maxWorkers = 20;
/** How many of a target's latest runs are searched for those that have not begun. */
const searchedRuns = 100;
/** How long the source may take to say whose ids they are: the sender waits. */
const askMs = 10_000;

/** The only number space that the source's rows can have. Where rows name their own, a number alone names nobody. */
function spaceOf({ source }: HrEvent, { sources }: EventTarget): string | undefined {
  const spaces = sources.find((each) => each.source.name === source)?.spaces;
  return spaces !== undefined && spaces !== "any" && spaces.length === 1 ? spaces[0] : undefined;
}

type Numbers = readonly string[] | undefined;

/** The numbers of the workers whom the event names. An id is no number: undefined where the source does not tell it. */
async function numbersOf(
  { source: name, named }: HrEvent,
  targets: readonly EventTarget[],
  log: RequestWorld["log"],
  signal: AbortSignal,
): Promise<Numbers> {
  if (named.by === "number") return named.values;
  const spaced = targets.flatMap(({ sources }) => sources).find(({ source }) => source.name === name);
  try {
    return await spaced?.source.numbersOf?.(named.values, AbortSignal.any([signal, AbortSignal.timeout(askMs)]));
  } catch (cause) {
    log.warn("hr.event.unresolved", { source: name, code: asAppError(cause).code });
    return undefined;
  }
}

/** Of the workers named, those for whom no run waits yet. Undefined where a run for each of them is no way to look. */
async function workersToAsk(
  event: HrEvent,
  numbers: () => Promise<Numbers>,
  target: EventTarget,
  { store }: RequestWorld,
  signal: AbortSignal,
): Promise<readonly string[] | undefined> {
  const { by, values } = event.named;
  const space = spaceOf(event, target);
  if (space === undefined || !canAskAlone(target.sources, space)) return undefined;
  if (values.length === 0 || values.length > maxWorkers) return undefined;
  const runs = await store.listRuns({ target: target.name, limit: searchedRuns }, signal);
  const waiting = runs.filter(({ status, request }) => status === "waiting" && servesHr(request));
  const ofEvents = waiting.filter(isOfEvent).length;
  // However many events come, the source is not asked more often than there is a run to ask for.
  const employeeNumbers = by === "id" && ofEvents >= maxWorkers ? undefined : await numbers();
  if (employeeNumbers === undefined) return undefined;
  const known = new Set(waiting.map(({ request }) => request.worker));
  const missing = employeeNumbers.map((number) => workerKey(space, number)).filter((worker) => !known.has(worker));
  return missing.length > 0 && ofEvents + missing.length > maxWorkers ? undefined : missing;
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
  let told: Promise<Numbers> | undefined;
  const numbers = (): Promise<Numbers> => {
    told ??= numbersOf(event, targets, world.log, signal);
    return told;
  };
  let asked = 0;
  let marked = 0;
  for (const each of targets) {
    const { name: target } = each;
    const workers = await workersToAsk(event, numbers, each, world, signal);
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
