import { describe, expect, it } from "vitest";
import type { FilterFields } from "../../../dev/apim/filter.ts";
import { parseFilter } from "../../../dev/apim/filter.ts";

type Item = { readonly name: string; readonly note: string | null; readonly at: number; readonly state: string };

const fields: FilterFields<Item> = {
  name: { operators: "all", read: (item) => [item.name] },
  note: { operators: "all", read: (item) => [item.note] },
  at: { operators: "comparisons", read: (item) => [item.at] },
  state: { operators: "eq", read: (item) => [item.state] },
  kind: { operators: "equality", read: () => ["plain"] },
  owner: { operators: "all", read: () => ["u1", "/users/u1"] },
};
const items: readonly Item[] = [
  { name: "Starter", note: null, at: Date.UTC(2024, 0, 1), state: "active" },
  { name: "O'Dell", note: "a, (b) and c", at: Date.UTC(2024, 0, 2), state: "active" },
  { name: "zeta", note: "x", at: Date.UTC(2024, 0, 3), state: "blocked" },
];

function found(text: string): readonly string[] | string {
  const filter = parseFilter(text, fields);
  return "problem" in filter ? filter.problem : items.filter(filter.test).map((item) => item.name);
}

describe("parseFilter", () => {
  it.each([
    ["name eq 'starter'", ["Starter"]],
    ["name ne 'Starter'", ["O'Dell", "zeta"]],
    ["name eq 'O''Dell'", ["O'Dell"]],
    ["name ge 'p' and name lt 't'", ["Starter"]],
    ["startswith(name,'ZE')", ["zeta"]],
    ["endswith(name, 'ta')", ["zeta"]],
    ["contains(note,'(b) and')", ["O'Dell"]],
    ["substringof('tart',name)", ["Starter"]],
    ["state eq 'blocked' or note eq 'x' and name eq 'none'", ["zeta"]],
    ["(state eq 'blocked' or state eq 'active') and note eq 'x'", ["zeta"]],
    ["at gt datetime'2024-01-01T12:00:00'", ["O'Dell", "zeta"]],
    ["at le 2024-01-01T00:00:00Z", ["Starter"]],
    ["at eq '2024-01-02'", ["O'Dell"]],
    ["owner eq '/users/u1' and owner ne 'u1'", []],
    ["kind ne 'other'", ["Starter", "O'Dell", "zeta"]],
  ])("understands %s", (text, names) => {
    expect(found(text)).toEqual(names);
  });

  it.each([
    ["password eq 'x'", "Field 'password' cannot be used in filter expression"],
    ["state ne 'x'", "Operator 'ne' is not supported for field 'state'"],
    ["kind gt 'x'", "Operator 'gt' is not supported for field 'kind'"],
    ["startswith(at,'x')", "Function 'startswith' is not supported for field 'at'"],
    ["toupper(name,'x')", "Unknown function 'toupper' in filter expression"],
    ["name like 'x'", "Syntax error in filter expression"],
    ["name eq x", "Syntax error in filter expression"],
    ["name eq 'x' name", "Syntax error in filter expression"],
    ["(name eq 'x'", "Syntax error in filter expression: expected ')'"],
    ["name eq 'x", "Syntax error in filter expression"],
  ])("refuses %s", (text, problem) => {
    expect(found(text)).toBe(problem);
  });
});
