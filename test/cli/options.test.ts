import { describe, expect, it } from "vitest";
import { readOptions } from "../../cli/options.ts";

describe("readOptions()", () => {
  it("takes an instant or a date for --now", () => {
    expect(readOptions(["plan", "--now", "2026-05-14T00:00:00+02:00"]).options.now).toBe(Date.UTC(2026, 4, 13, 22));
    expect(readOptions(["people", "--problems", "--now", "2026-05-14"]).options.now).toBe(Date.UTC(2026, 4, 14));
  });

  it.each(["2026-02-30", "2026-02-30T00:00:00Z", "2026-05-14T00:00:00", "tomorrow", "14.05.2026", ""])(
    "refuses %j for --now, and says what was expected",
    (text) => {
      expect(() => readOptions(["plan", "--now", text])).toThrow(/--now is ".*", expected an instant like/);
    },
  );

  it("refuses --now for apply: what is written goes by the time of the run", () => {
    expect(() => readOptions(["apply", "--now", "2026-05-14"])).toThrow(/--now is for plan and people/);
  });

  it("refuses --now for what no time changes", () => {
    expect(() => readOptions(["runs", "--now", "2026-05-14"])).toThrow(
      /--now changes nothing of runs, expected it with/,
    );
    for (const command of ["plan", "people", "decide", "token"])
      expect(readOptions([command, "--now", "2026-05-14"]).options.now).toBe(Date.UTC(2026, 4, 14));
  });

  it("refuses two forms at once", () => {
    expect(() => readOptions(["people", "--problems", "--json", "--csv"])).toThrow(/expected one/);
  });

  it("takes a run for people --problems alone, without what the run has decided", () => {
    expect(readOptions(["people", "--problems", "--run", "1-a"]).options.run).toBe("1-a");
    expect(() => readOptions(["people", "--run", "1-a"])).toThrow(/people --problems/);
    expect(() => readOptions(["runs", "--problems", "--run", "1-a"])).toThrow(/people --problems/);
    for (const other of [
      ["--target", "a"],
      ["--source", "a"],
      ["--now", "2026-05-14"],
    ])
      expect(() => readOptions(["people", "--problems", "--run", "1-a", ...other])).toThrow(/are there both/);
  });
});
