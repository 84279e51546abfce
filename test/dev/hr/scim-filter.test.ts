import { describe, expect, it } from "vitest";
import { parseScimFilter } from "../../../dev/hr/scim-filter.ts";

const urn = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
const user = {
  userName: "ada",
  active: true,
  name: { familyName: 'O"Dell (HR)' },
  [urn]: { employeeNumber: "10001" },
  meta: { lastModified: "2024-05-14T12:00:00.500Z" },
};

describe("parseScimFilter()", () => {
  it.each([
    ['userName eq "ada"', true],
    ['USERNAME EQ "ada"', true],
    ["active eq TRUE", true],
    ['name.familyName eq "O\\"Dell (HR)"', true],
    [`${urn}:employeeNumber eq "10001"`, true],
    ['userName eq "bela"', false],
    ['title eq "Engineer"', false],
    // Times are compared by when they are, whatever zone they are written in.
    ['meta.lastModified gt "2024-05-14T12:00:00Z"', true],
    ['meta.lastModified gt "2024-05-14T14:00:00+02:00"', true],
    ['meta.lastModified gt "2024-05-14T07:00:00-05:30"', false],
    ['meta.lastModified ge "2024-05-14T12:00:00.500Z"', true],
    ['meta.lastModified gt "2024-05-14T12:00:00.500Z"', false],
    ['meta.created gt "1970-01-01T00:00:00Z"', false],
    ['userName gt "abel"', true],
    // `and` comes before `or`, brackets before both.
    ['userName eq "ada" or active eq false and userName eq "bela"', true],
    ['(userName eq "ada" or active eq false) and userName eq "bela"', false],
    ['userName eq "bela" or (active eq true and (userName eq "ada"))', true],
  ])("%s: %s", (filter, expected) => {
    expect(parseScimFilter(filter)?.(user)).toBe(expected);
  });

  it.each([
    "",
    "nonsense",
    'userName like "ada"',
    "userName eq ada",
    'userName eq "ada" and',
    '(userName eq "ada"',
    'userName eq "ada")',
    'userName eq "ada" active eq true',
  ])("does not understand %j", (filter) => {
    expect(parseScimFilter(filter)).toBeUndefined();
  });

  it("lets everybody pass by an attribute that is passed over", () => {
    const test = parseScimFilter('active eq true and meta.lastModified gt "2999-01-01T00:00:00Z"', {
      passedOver: /^meta\.lastModified$/i,
    });

    expect([test?.(user), test?.({ ...user, active: false })]).toEqual([true, false]);
  });
});
