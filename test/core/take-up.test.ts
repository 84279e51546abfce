import { describe, expect, it } from "vitest";
import type { RunRecord } from "../../shared/core/run.ts";
import { takeUp } from "../../shared/core/take-up.ts";
import { aRun, runIdAt } from "../helpers/records.ts";

/** The run after it was taken up so many times and came no further. */
function takenUp(times: number, start: RunRecord): RunRecord {
  let run = start;
  for (let time = 0; time < times; time += 1) {
    const next = takeUp(run);
    if (next.status === "again") run = { ...run, slices: run.slices + 5, takenUp: next.takenUp };
  }
  return run;
}

describe("takeUp()", () => {
  const run = aRun(runIdAt(0), { status: "running", slices: 5 });

  it("gives a run up that came no further in five take-ups, however many slices it began", () => {
    expect(takeUp(takenUp(4, run))).toMatchObject({ status: "again", takenUp: { times: 5 } });
    expect(takeUp(takenUp(5, run))).toEqual({ status: "givenUp", times: 5 });
  });

  it.each([
    ["its plan was made", { digest: "abc" }],
    ["more outcomes were counted", { counted: 7 }],
  ])("begins to count anew when %s", (_, further) => {
    expect(takeUp({ ...takenUp(5, run), ...further })).toMatchObject({ status: "again", takenUp: { times: 1 } });
  });
});
