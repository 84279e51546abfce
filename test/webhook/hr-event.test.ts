import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { workersOfEvent } from "../../shared/webhook/hr-event.ts";

describe("workersOfEvent()", () => {
  it("finds the workers in both forms of BambooHR, each once, by the system's own ids", () => {
    const list = { employees: [{ id: "42", changedFields: ["Status"] }, { id: 43 }, { id: "42" }] };

    expect(workersOfEvent(JSON.stringify(list), "bamboohr", undefined)).toEqual({ by: "id", values: ["42", "43"] });
    expect(
      workersOfEvent(JSON.stringify({ type: "employee.updated", data: { employeeId: "7" } }), "bamboohr", undefined),
    ).toEqual({ by: "id", values: ["7"] });
  });

  it("takes for numbers what stands where the rules say that the numbers are, whatever the form", () => {
    const body = JSON.stringify({ data: { employeeId: "7", number: "E7" } });

    expect(workersOfEvent(body, "bamboohr", "data.number")).toEqual({ by: "number", values: ["E7"] });
    expect(workersOfEvent(body, "bamboohr", "data.employeeId")).toEqual({ by: "number", values: ["7"] });
  });

  it("finds the worker of the signed form, or where the rules say that it stands", () => {
    const body = JSON.stringify({ type: "worker.changed", data: { employeeNumber: "1042", person: [{ key: "A1" }] } });

    expect(workersOfEvent(body, "standard", undefined)).toEqual({ by: "number", values: ["1042"] });
    expect(workersOfEvent(body, "standard", "data.person.key")).toEqual({ by: "number", values: ["A1"] });
  });

  it.each([
    "",
    "not json",
    "[]",
    "null",
    '{"data":{}}',
    '{"data":{"employeeNumber":{}}}',
    '{"data":{"employeeNumber":" "}}',
  ])("names nobody for %j", (body) => {
    expect(workersOfEvent(body, "standard", undefined).values).toEqual([]);
  });

  it("throws for no text, however deep it is nested", () => {
    const deep = `${'{"data":'.repeat(5_000)}1${"}".repeat(5_000)}`;
    const lists = `{"data":${"[".repeat(5_000)}${"]".repeat(5_000)}}`;

    expect(workersOfEvent(deep, "standard", "data.".repeat(5_000)).values).toEqual([]);
    expect(workersOfEvent(lists, "standard", undefined).values).toEqual([]);
    fc.assert(
      fc.property(fc.json(), fc.string(), (body, path) => {
        expect(Array.isArray(workersOfEvent(body, "standard", path).values)).toBe(true);
      }),
    );
  });
});
