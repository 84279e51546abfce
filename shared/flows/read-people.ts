// Reads every source of a target. A source that cannot be read is an incomplete read: its people are not seen today,
// so nobody becomes an absent leaver, and what the other sources state still counts.
import { createCalendar } from "../core/calendar.ts";
import { asAppError } from "../core/errors.ts";
import { type PeopleReport, reportPeople } from "../core/people-report.ts";
import { holdsSpace, type PeopleRead, type SpacedRead, type Spaces, workerParts } from "../core/person.ts";
import type { Policy } from "../core/policy.ts";
import type { SourceSummary } from "../core/run.ts";
import type { Clock, Log, PeopleSource } from "../ports.ts";
import type { RunStore } from "../run-ports.ts";

/** A source with the number spaces that its rows can name. */
export type SpacedSource = {
  readonly source: PeopleSource;
  readonly spaces: Spaces;
  /** Set where one worker is asked about, whose number may stand in the address that is asked. */
  readonly asksOne?: true;
};

function unreadable(source: string, reason: string): PeopleRead {
  return {
    source,
    completeness: "incomplete",
    evidence: { rows: 0, people: 0, problems: 0, incompleteBecause: [reason] },
    people: [],
    problems: [],
  };
}

/** Of a source that nobody asked, because it cannot hold the only worker who is looked at. */
function unasked(source: string): PeopleRead {
  const { evidence, ...read } = unreadable(source, "Only one worker was looked at, whom this source cannot hold");
  return { ...read, evidence: { ...evidence, partial: "worker" } };
}

/** Has a source asked about one worker only, where it can be asked, and not at all where it cannot hold the worker. */
export function askAbout(worker: string | undefined): (spaced: SpacedSource) => SpacedSource {
  return (spaced) => {
    const { source, spaces } = spaced;
    if (worker === undefined) return spaced;
    const { name, readWorker } = source;
    const { numberSpace, employeeNumber } = workerParts(worker);
    if (!holdsSpace(spaces, numberSpace)) return { spaces, source: { name, read: async () => unasked(name) } };
    if (readWorker === undefined) return spaced;
    const read = (signal: AbortSignal) => readWorker.call(source, employeeNumber, signal);
    return { spaces, source: { name, read }, asksOne: true };
  };
}

/** Whether all that these sources say of a worker of that number space can be had without reading one of them whole. */
export function canAskAlone(sources: readonly SpacedSource[], numberSpace: string): boolean {
  return sources.every(({ source, spaces }) => !holdsSpace(spaces, numberSpace) || source.readWorker !== undefined);
}

/** All reads, in the order of the sources. Complete ones are remembered, for the next comparison.
 * @throws ABORTED, CONFIG_INVALID, STORE_UNAVAILABLE */
export async function readPeople(
  sources: readonly SpacedSource[],
  world: { readonly clock: Clock; readonly log: Log; readonly store: Pick<RunStore, "putSourceMemory"> },
  signal: AbortSignal,
): Promise<readonly SpacedRead[]> {
  return Promise.all(
    sources.map(async (spaced) => {
      const { source, spaces } = spaced;
      const read = await readOne(spaced, world.log, signal);
      if (read.completeness === "complete") {
        await world.store.putSourceMemory(source.name, { at: world.clock.now(), people: read.evidence.people }, signal);
      }
      return { read, spaces };
    }),
  );
}

/** What HR should know about the rows of these sources, read now, and how they were read; nothing is remembered of it.
 * `now` is the instant whose dates count, epoch milliseconds.
 * @throws ABORTED, CONFIG_INVALID */
export async function reportSources(
  sources: readonly SpacedSource[],
  policy: Policy,
  world: { readonly log: Log; readonly now: number },
  signal: AbortSignal,
): Promise<{ readonly report: PeopleReport; readonly sources: readonly SourceSummary[] }> {
  const reads = await Promise.all(
    sources.map(async (spaced) => ({ read: await readOne(spaced, world.log, signal), spaces: spaced.spaces })),
  );
  const calendar = createCalendar(world.now);
  const report = reportPeople(reads, { policy, calendar, listed: Number.POSITIVE_INFINITY });
  return { report, sources: summarizeReads(reads) };
}

async function readOne({ source, asksOne }: SpacedSource, log: Log, signal: AbortSignal): Promise<PeopleRead> {
  try {
    const read = await source.read(signal);
    const { completeness, evidence } = read;
    const fields = { source: source.name, completeness, people: evidence.people, problems: evidence.problems };
    if (completeness === "complete" || evidence.partial !== undefined) log.info("people.read", fields);
    else log.warn("people.read", { ...fields, because: evidence.incompleteBecause.join("; ") });
    return read;
  } catch (cause) {
    const error = asAppError(cause);
    if (error.code === "ABORTED" || error.code === "CONFIG_INVALID" || error.code === "BUG") throw error;
    // Sentences of sources hold addresses without queries, codes and names of secrets; nothing of an answer.
    log.warn("people.unreadable", {
      source: source.name,
      code: error.code,
      because: asksOne ? undefined : error.message,
    });
    return unreadable(source.name, error.message);
  }
}

/** What a run's record says about its sources. */
export function summarizeReads(reads: readonly SpacedRead[]): readonly SourceSummary[] {
  return reads.map(({ read: { source, completeness, evidence, problems } }) => ({
    source,
    completeness,
    ...(evidence.partial !== undefined && { partial: evidence.partial }),
    people: evidence.people,
    problems: problems.length,
    incompleteBecause: evidence.incompleteBecause,
  }));
}
