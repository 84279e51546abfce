// A source's people as lines of a terminal: what HR says of each, and what that makes of them at one instant.
import type { Calendar } from "../shared/core/calendar.ts";
import type { SpacedRead } from "../shared/core/person.ts";
import type { Policy } from "../shared/core/policy.ts";
import { printable } from "../shared/core/printable.ts";
import { resolveReads } from "../shared/core/resolve-reads.ts";
import type { Standing } from "../shared/core/standing.ts";
import { renderFound } from "./render-found.ts";

/** What a source's rows alone make of somebody. */
export type Place = {
  readonly is: "inScope" | "outOfScope" | "leaver" | "notYet" | "held" | "conflict";
  /** Why, where it does not stand in the rules. Nothing of a person but dates. */
  readonly because?: string;
};

export type ShownPeople = SpacedRead & {
  /** Of every worker, by key. */
  readonly places: ReadonlyMap<string, Place>;
  /** The instant, ISO 8601. */
  readonly at: string;
  /** What its rows are counted by. */
  readonly rowWord: "line" | "item";
};

const shown = 20;

const words: Readonly<Record<Place["is"], string>> = {
  inScope: "in scope",
  outOfScope: "out of scope",
  leaver: "leaver",
  notYet: "not yet",
  held: "held",
  conflict: "rows contradict each other",
};

function placeOf(standing: Standing): Place {
  switch (standing.kind) {
    case "present":
      return { is: "inScope" };
    case "notYet":
      return { is: "notYet", because: `starts on ${standing.person.startDate}` };
    case "leaver":
      return standing.code === "outOfScope" ? { is: "outOfScope" } : { is: "leaver", because: standing.statement.text };
    case "held":
    case "conflict":
      return { is: standing.kind };
  }
}

/** Where everybody in the read stands at the calendar's instant, by this source alone. */
export function placesOf(spaced: SpacedRead, policy: Policy, calendar: Calendar): ReadonlyMap<string, Place> {
  // What other sources add or decide is not in this read.
  const { precedence: _, ...people } = policy.people;
  const { standings } = resolveReads([spaced], { ...policy, people }, calendar);
  return new Map([...standings].map(([worker, standing]) => [worker, placeOf(standing)]));
}

function countsLine(places: ShownPeople["places"], at: string): string {
  const counts = new Map<Place["is"], number>();
  for (const { is } of places.values()) counts.set(is, (counts.get(is) ?? 0) + 1);
  const all = [...counts].map(([is, count]) => `${words[is]}: ${count}`);
  return `  at ${at}, ${all.length === 0 ? "nobody" : all.sort().join(", ")}`;
}

function placeText({ is, because }: Place): string {
  return because === undefined ? words[is] : `${words[is]} (${because})`;
}

/** The table: the first people and the first problems. */
export function* renderPeople({ read, places, at, rowWord }: ShownPeople): Generator<string> {
  const { source, completeness, evidence, people, problems } = read;
  yield `${source}: ${completeness}; ${evidence.rows} rows, ${people.length} people, ${problems.length} problems`;
  yield countsLine(places, at);
  for (const reason of evidence.incompleteBecause) yield `  incomplete: ${printable(reason)}`;
  for (const person of people.slice(0, shown)) {
    const { line, worker, status, department = "no department" } = person;
    const unreadable = person.unreadable.length === 0 ? "" : `; cannot read ${person.unreadable.join(", ")}`;
    const place = places.get(worker);
    const stands = place === undefined ? "" : `; ${placeText(place)}`;
    yield `  ${rowWord} ${line}: ${printable(worker)} ${status}, ${printable(department)}${printable(stands)}${unreadable}`;
  }
  if (people.length > shown) yield `  … and ${people.length - shown} more (--json shows all)`;
  const found = problems.map(({ reason, ...problem }) => ({ ...problem, text: reason }));
  yield* renderFound(found, (_, line) => `${rowWord} ${line}`);
}

/** The same as JSON, whole. */
export function peopleJson({ read, places, at }: ShownPeople): object {
  const { completeness, evidence, people, problems } = read;
  return { completeness, evidence, at, standings: Object.fromEntries(places), people, problems };
}
