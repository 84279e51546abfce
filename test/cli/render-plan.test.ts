import { describe, expect, it } from "vitest";
import { renderPlan, type ShownPlan } from "../../cli/render-plan.ts";
import { placeTexts } from "../../cli/words.ts";
import type { Change } from "../../shared/core/change.ts";
import type { Plan } from "../../shared/core/plan.ts";

function aPlan(fields: Partial<Plan> = {}): Plan {
  return {
    format: "rollcall-plan/1",
    target: "contoso",
    owner: "contoso-platform",
    purpose: "sync",
    digest: "d1",
    base: { users: 61, active: 60, members: {} },
    changes: [],
    findings: [],
    problems: [],
    ...fields,
  };
}

const placeText = placeTexts([
  { name: "hr", kind: "csv" },
  { name: "contractors", kind: "scim" },
]);

function shown(plan: Partial<Plan>, fields: Partial<ShownPlan> = {}): readonly string[] {
  return renderPlan({ plan: aPlan(plan), verdict: { status: "allowed" }, sources: [], placeText, ...fields });
}

function blocks(count: number): readonly Change[] {
  return Array.from({ length: count }, (_, index) => ({
    kind: "blockUser",
    key: `rc-${index}`,
    before: { state: "active", marked: true },
    after: { state: "blocked", worker: `employee/${index}` },
    reason: { code: "leaverStated", worker: `employee/${index}`, source: "hr", line: index + 2, text: "HR says so" },
  }));
}

const hr = { source: "hr", completeness: "complete", people: 60, problems: 1, incompleteBecause: [] } as const;

describe("renderPlan()", () => {
  it("says how each source was read, why it was not, and what follows", () => {
    const because = 'Cannot read source "hr": the file is not there';
    const none = { people: 0, problems: 0 } as const;
    const sources = [
      { ...hr, source: "agency", people: 1 },
      { ...hr, ...none, completeness: "incomplete", incompleteBecause: [because, "\u001b[1mToo old"] },
      { ...hr, ...none, source: "interns", completeness: "empty" },
    ] as const;

    expect(shown({}, { sources }).slice(0, 9)).toEqual([
      "Plan for contoso: nothing to change",
      "  source agency: complete, 1 person, 1 problem",
      "  source hr: incomplete, 0 people, 0 problems",
      `    ${because}`,
      "    \\u001b[1mToo old",
      "    Whoever may be in what was not read is not taken for gone",
      "  source interns: empty, 0 people, 0 problems",
      "    Nobody is in it: nobody is taken for gone because of that",
      "",
    ]);
  });

  it("says when only a part was to be read", () => {
    const part = { ...hr, completeness: "incomplete", people: 1, problems: 0, incompleteBecause: [] } as const;

    expect(
      shown(
        {},
        {
          sources: [
            { ...part, partial: "worker" },
            { ...part, partial: "changes" },
          ],
        },
      ).slice(1, 4),
    ).toEqual([
      "  source hr: read for one worker only, 1 person, 0 problems",
      "  source hr: read for changes only, 1 person, 0 problems",
      "",
    ]);
  });

  it("says how long Resource Manager makes it wait, where the target is behind it and it does", () => {
    const costs = (writes: number, door: ShownPlan["door"]) =>
      shown({ changes: blocks(writes) }, door === undefined ? {} : { door }).find((line) =>
        line.startsWith("Capacity"),
      );

    expect(costs(260, "arm")).toBe("Capacity: 260 writes, at least 6 s through Resource Manager; 61 users afterwards");
    expect(costs(200, "arm")).toBe("Capacity: 200 writes; 61 users afterwards");
    expect(costs(260, "direct")).toBe("Capacity: 260 writes; 61 users afterwards");
    expect(costs(1, undefined)).toBe("Capacity: 1 write; 61 users afterwards");
  });

  it("names the worker of a problem, and a line only where there are lines", () => {
    const problem = { code: "addressOutsideDomains", reason: "It is in no domain" } as const;
    const lines = shown({
      changes: blocks(1),
      problems: [
        { ...problem, source: "hr", line: 63, worker: "employee/1061" },
        { ...problem, source: "contractors", line: 4, worker: "contingent/4" },
        { ...problem, source: "gone", line: 5 },
      ],
    });

    expect(lines).toEqual(
      expect.arrayContaining([
        "  blockUser rc-0 (worker employee/0): HR says so [hr, line 2]",
        "  addressOutsideDomains (worker employee/1061) [hr, line 63]: It is in no domain",
        "  addressOutsideDomains (worker contingent/4) [contractors, item 4]: It is in no domain",
        "  addressOutsideDomains [gone, line 5]: It is in no domain",
      ]),
    );
  });

  it("says first what is wrong with a source as a whole, and of many who share a problem only some", () => {
    const line = (index: number) => index + 2;
    const findings = Array.from({ length: 60 }, (_, index) => {
      return { code: "statusUnknown", worker: `employee/${index}`, text: "The word is in no list" } as const;
    });
    const problems = [
      ...Array.from({ length: 4 }, (_, index) => {
        const worker = `employee/${index}`;
        return {
          code: "dateInvalid",
          source: "hr",
          line: line(index),
          worker,
          field: "endDate",
          reason: "No date",
        } as const;
      }),
      { code: "dateInvalid", source: "hr", line: 9, worker: "employee/7", field: "startDate", reason: "No date" },
      { code: "keyMissing", source: "hr", line: 70, reason: "No key" },
      { code: "columnMissing", source: "hr", line: 1, field: "WorkerStatus", reason: "No such column" },
    ] as const;

    const lines = shown({ findings, problems });

    expect(lines.slice(lines.indexOf("  statusUnknown      60") + 1, -4)).toEqual([
      "",
      "  columnMissing [hr, line 1]: No such column",
      "  keyMissing [hr, line 70]: No key",
      "  dateInvalid (worker employee/0) [hr, line 2]: No date",
      "  dateInvalid (worker employee/1) [hr, line 3]: No date",
      "  dateInvalid (worker employee/2) [hr, line 4]: No date",
      "  … and 1 more of dateInvalid (plan --json shows all)",
      "  dateInvalid (worker employee/7) [hr, line 9]: No date",
      "  statusUnknown (worker employee/0): The word is in no list",
      "  statusUnknown (worker employee/1): The word is in no list",
      "  statusUnknown (worker employee/2): The word is in no list",
      "  … and 57 more of statusUnknown (plan --json shows all)",
    ]);
  });
});
