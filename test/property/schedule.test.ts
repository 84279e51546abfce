// The order of work: whatever finishes first, whatever fails, wherever a slice ends.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Change, changeId } from "../../shared/core/change.ts";
import { dependencies } from "../../shared/core/dependencies.ts";
import type { Outcome } from "../../shared/core/outcome.ts";
import { createSchedule } from "../../shared/core/schedule.ts";
import { installation, planOf } from "../helpers/core-installation.ts";

type Fate = "applied" | "alreadySo" | "changedMeanwhile" | "failed";

const fates = fc.infiniteStream(
  fc.constantFrom<Fate>("applied", "applied", "applied", "applied", "alreadySo", "changedMeanwhile", "failed"),
);
const picks = fc.infiniteStream(fc.nat());

function outcomeOf({ kind, key }: Change, fate: Fate): Outcome {
  const head = { id: `${kind}:${key}`, kind, key, at: 0 };
  if (fate === "applied") return { ...head, status: "applied" };
  if (fate === "failed") return { ...head, status: "failed", code: "APIM_INVALID" };
  return { ...head, status: "skipped", reason: fate };
}

function made({ status, reason }: Outcome): boolean {
  return status === "applied" || reason === "alreadySo";
}

/** One slice: several changes in flight, which end in any order; stops after so many outcomes. */
function slice(
  changes: readonly Change[],
  journal: readonly Outcome[],
  world: {
    readonly fate: () => Fate;
    readonly pick: () => number;
    readonly atOnce: number;
    readonly stopAfter: number;
  },
): readonly Outcome[] {
  const done = [...journal];
  const needs = dependencies(changes);
  const schedule = createSchedule(changes, new Map(journal.map((outcome) => [outcome.id, outcome])));
  const record = (outcomes: readonly Outcome[]): void => {
    done.push(...outcomes);
    const next = outcomes.flatMap((outcome) => schedule.settle(outcome));
    const skipped = next.map(
      ({ change, dependsOn }): Outcome => ({
        ...outcomeOf(change, "changedMeanwhile"),
        reason: "dependencyFailed",
        dependsOn,
      }),
    );
    if (skipped.length > 0) record(skipped);
  };
  record(
    schedule.blocked.map(
      ({ change, dependsOn }): Outcome => ({
        ...outcomeOf(change, "changedMeanwhile"),
        reason: "dependencyFailed",
        dependsOn,
      }),
    ),
  );
  const inFlight: Change[] = [];
  for (let left = world.stopAfter; left > 0; left -= 1) {
    while (inFlight.length < world.atOnce) {
      const change = schedule.next();
      if (change === undefined) break;
      const needed = needs.get(changeId(change)) ?? [];
      expect(needed.filter((id) => !done.some((outcome) => outcome.id === id && made(outcome)))).toEqual([]);
      inFlight.push(change);
    }
    const [ended] = inFlight.splice(world.pick() % Math.max(1, inFlight.length), 1);
    if (ended === undefined) break;
    record([outcomeOf(ended, world.fate())]);
  }
  return done;
}

describe("createSchedule()", { timeout: 60_000 }, () => {
  it("settles every change once, never before what it needs, and a failure takes exactly its dependants along", () => {
    fc.assert(
      fc.property(
        installation,
        fates,
        picks,
        fc.integer({ min: 1, max: 8 }),
        fc.nat(12),
        fc.boolean(),
        (install, fate, pick, atOnce, stopAfter, killed) => {
          const { changes } = planOf(install);
          const world = { fate: () => fate.next().value ?? "applied", pick: () => pick.next().value ?? 0, atOnce };

          const first = slice(changes, [], { ...world, stopAfter });
          // A slice that was killed leaves no word of what it was about to skip.
          const journal = killed ? first.filter(({ reason }) => reason !== "dependencyFailed") : first;
          const all = slice(changes, journal, { ...world, stopAfter: Number.POSITIVE_INFINITY });

          expect(all.map(({ id }) => id).toSorted()).toEqual(changes.map(changeId).toSorted());
          const byId = new Map(all.map((outcome) => [outcome.id, outcome]));
          const needs = dependencies(changes);
          for (const outcome of all) {
            const broken = (needs.get(outcome.id) ?? []).filter((id) => {
              const other = byId.get(id);
              return other !== undefined && !made(other);
            });
            expect(outcome.reason === "dependencyFailed").toBe(broken.length > 0);
            if (broken.length > 0) expect(broken).toContain(outcome.dependsOn);
          }
        },
      ),
      { numRuns: 1_000 },
    );
  });
});
