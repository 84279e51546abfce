import { describe, expect, it } from "vitest";
import { unknownWorker } from "../../shared/core/only-worker.ts";
import type { Standing } from "../../shared/core/standing.ts";
import { aDirectory, anAccount, aPerson, aPlanInput, aRead } from "../helpers/core-builders.ts";
import { plan } from "../helpers/core-plan.ts";

type Known = Parameters<typeof unknownWorker>[1];

const worker = "employee/9999";
const held: Standing = { kind: "held" };
const nothing: Known = {
  workers: { leftOut: () => new Map() },
  standings: new Map(),
  accounts: { byWorker: new Map(), duplicates: new Map(), outOfReach: new Map() },
  problems: [{}, { worker: "employee/1" }],
};

describe("unknownWorker()", () => {
  it("is said of one whom neither HR nor an account names", () => {
    expect(unknownWorker(worker, nothing)).toEqual([
      { code: "workerUnknown", worker, text: expect.stringContaining("in no row that was read and has no account") },
    ]);
  });

  it.each<[string, Partial<Known>]>([
    ["a row", { standings: new Map([[worker, held]]) }],
    ["a row that is left out", { workers: { leftOut: (workers) => new Map([...workers].map((key) => [key, held])) } }],
    ["a row that cannot be used", { problems: [{ worker }] }],
    ["several accounts", { accounts: { ...nothing.accounts, duplicates: new Map([[worker, ["a", "b"]]]) } }],
    [
      "an account out of reach",
      { accounts: { ...nothing.accounts, outOfReach: new Map([[worker, { user: "a", because: "foreign" }]]) } },
    ],
  ])("is not said of one with %s", (_, known) => {
    expect(unknownWorker(worker, { ...nothing, ...known })).toEqual([]);
  });
});

describe("plan()", () => {
  const input = aPlanInput({ reads: [aRead([aPerson("1")])], directory: aDirectory({ users: [anAccount("2")] }) });
  const codes = (fields: { readonly worker?: string }) =>
    plan({ ...input, ...fields }).findings.map(({ code }) => code);

  it("says of a plan for one worker that nobody knows the worker, and of no other", () => {
    expect([codes({ worker }), codes({ worker: "employee/1" }), codes({ worker: "employee/2" }), codes({})]).toEqual([
      ["workerUnknown"],
      [],
      [],
      [],
    ]);
  });
});
