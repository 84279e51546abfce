// Rows that give nobody anything are kept small while a source is read. Whichever of them are, and whatever rule or day
// left them out, what is said about workers and what is planned is the same.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createLeftOut } from "../../shared/core/left-out.ts";
import { aCalendar, inDepartment } from "../helpers/core-builders.ts";
import { type Installation, inputOf, installation } from "../helpers/core-installation.ts";
import { plan } from "../helpers/core-plan.ts";

const instants = ["2026-03-02T09:00:00Z", "2026-02-28T09:00:00Z", "2026-03-04T23:00:00Z"];

/** The same installation, its sources read with a scope. `keepWhole` says which rows are kept although they need not be. */
function readWithScope(install: Installation, scopeText: string, at: string, keepWhole: number): Installation {
  const { policy } = install;
  const scope = scopeText === "other" ? inDepartment("Ledger") : policy.people.scope;
  const reads = install.reads.map(({ read, spaces }) => {
    const calendar = aCalendar(Date.parse(at));
    const leftOut = createLeftOut(read.source, { ...policy.people, scope, scopeText }, calendar);
    const people = read.people.filter((person, index) => index % 5 === keepWhole || !leftOut.take(person));
    return { read: { ...read, people, leftOut: leftOut.rows() }, spaces };
  });
  return { ...install, reads };
}

const byText = (list: readonly object[]) => list.map((one) => JSON.stringify(one)).sort();

describe("rows that are left out while reading", () => {
  it("change nothing of any plan", () => {
    fc.assert(
      fc.property(
        installation,
        fc.constantFrom("", "this", "other"),
        fc.constantFrom(...instants),
        fc.nat(7),
        (install, text, at, keepWhole) => {
          const known = { ...install.policy.people, ...(text !== "" && { scopeText: "this" }) };
          const whole = { ...install, policy: { ...install.policy, people: known } };
          const expected = plan(inputOf(whole));
          const seen = plan(inputOf(readWithScope(whole, text, at, keepWhole)));

          expect(seen.changes).toEqual(expected.changes);
          expect(seen.findings).toEqual(expected.findings);
          expect(byText(seen.problems)).toEqual(byText(expected.problems));
        },
      ),
    );
  });
});
