// What the audit says about one subscription, as sentences.
import { Temporal } from "temporal-polyfill";
import type { AuditRecord } from "./audit-chain.ts";
import { factsHash, type SaltedFacts } from "./facts.ts";

/** Where a record's facts stand: it rests on none, they stand above already, they were deleted, they are not what they
 * were, or they are there. `again`: the record as a whole stands above, with the same id. */
export type StoryFacts =
  | { readonly status: "none" | "above" | "again" | "deleted" | "changed" }
  | { readonly status: "kept"; readonly facts: readonly string[] };

/** The facts that a record rested on, beside what is kept of them. */
export function storyFacts(record: AuditRecord, kept: SaltedFacts | undefined): StoryFacts {
  if (record.facts === undefined) return { status: "none" };
  if (kept === undefined) return { status: "deleted" };
  if (factsHash(kept) !== record.facts.hash) return { status: "changed" };
  return { status: "kept", facts: flat(kept.facts, "") };
}

/** One record as lines: a sentence, and its facts below it. `at` is written in UTC. */
export function storyLines(record: AuditRecord, at: string, facts: StoryFacts): readonly string[] {
  return [`${at}  ${record.by}: ${record.text}`, ...factsLines(facts).map((line) => `    ${line}`)];
}

function factsLines(facts: StoryFacts): readonly string[] {
  switch (facts.status) {
    case "none":
      return [];
    case "above":
      return ["The facts are the same as above."];
    case "again":
      return ["This is the same as above, recorded once more."];
    case "deleted":
      return ["The facts that this rested on have been deleted."];
    case "changed":
      return ["The facts that are kept are NOT those that this rested on: their hash is another one."];
    case "kept":
      return facts.facts;
  }
}

/** `requester.person.department = Payments`, a line for each value; instants, which are called `…At`, as such. */
function flat(value: unknown, path: string): readonly string[] {
  if (Array.isArray(value) && value.every((item) => typeof item !== "object" || item === null)) {
    return [`${path} = ${value.map(String).join(", ")}`];
  }
  if (typeof value === "number" && path.endsWith("At"))
    return [`${path} = ${Temporal.Instant.fromEpochMilliseconds(value).toString()}`];
  if (typeof value !== "object" || value === null) return [`${path} = ${String(value)}`];
  return Object.entries(value).flatMap(([name, inner]) => flat(inner, path === "" ? name : `${path}.${name}`));
}
