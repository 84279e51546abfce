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
      '"runs" does not take --now, which goes with "people", "people --problems", "plan", "decide", "token"; expected',
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

  it.each([
    [["check", "nope.yaml"], '"check" takes no words, found "nope.yaml"; the rules file is named with --config'],
    [["plan", "extra", "words"], '"plan" takes no words, found "extra", "words"; the target is named with --target'],
    [["people", "hr"], '"people" takes no words, found "hr"; the source is named with --source'],
    [["runs", "1-a", "2-b"], '"runs ID" takes no more words, found "2-b"'],
    [["runs", "cancl", "1-a"], '"runs ID" takes no more words, found "1-a"; did you mean "runs cancel ID"?'],
    [["requests", "retry", "s1", "s2"], '"requests retry ID" takes no more words, found "s2"'],
    [["audit", "verfy"], '"audit" takes no words, found "verfy"; did you mean "audit verify"?'],
    [["token", "x"], '"token" takes no words, found "x"'],
  ])("refuses words that the command does not take: %j", (args, text) => {
    expect(() => readOptions(args)).toThrow(`Cannot understand the command line: ${text}`);
  });

  it.each([
    [
      ["people", "--csv"],
      '"people" does not take --csv, which goes with "people --problems"; expected --config, --json,',
    ],
    [["check", "--csv", "--target", "x"], '"check" does not take --csv, which goes with "people --problems"; expected'],
    [["plan", "--accept", "D"], '"plan" does not take --accept, which goes with "apply"; expected --config, --json,'],
    [["requests", "s1", "--open"], '"requests ID" does not take --open, which goes with "requests"; expected'],
    [["audit", "--subscription", "s1", "--day", "2026-05-14"], '"audit" does not take --day, which goes with'],
    [["audit", "verify", "--subscription", "s1"], '"audit verify" does not take --subscription, which goes with'],
    [["runs", "cancel", "1-a", "--target", "x"], '"runs cancel ID" does not take --target, which goes with'],
    [["audit", "verify", "--day", "2026-05-14", "--since", "2026-05-14"], "--day and --since are there both"],
  ])("refuses flags that the command does not heed: %j", (args, text) => {
    expect(() => readOptions(args)).toThrow(`Cannot understand the command line: ${text}`);
  });

  it.each([
    ["--day", "2026-13-45"],
    ["--day", "2026-02-30"],
    ["--since", "2026-00-01"],
    ["--since", "today"],
  ])("refuses %s %s, which is no day", (flag, text) => {
    expect(() => readOptions(["audit", "verify", flag, text])).toThrow(
      `${flag} is "${text}", expected a day of the calendar like 2026-05-14`,
    );
  });

  it.each(["1042", "employee/", "employee/10 42", "a/b/c", ""])("refuses %j for --worker, as HTTP does", (text) => {
    expect(() => readOptions(["plan", "--worker", text])).toThrow(
      `--worker is "${text}", expected a worker's key: number space and number, joined by a slash, like employee/1042`,
    );
  });

  it("says which flag was meant", () => {
    expect(() => readOptions(["plan", "--taget", "x"])).toThrow('there is no --taget; did you mean "--target"?');
    expect(() => readOptions(["plan", "--frobnicate"])).toThrow("there is no --frobnicate, expected one that");
    expect(() => readOptions(["plan", "--target"])).toThrow("argument missing");
  });

  it("refuses nothing beside --help", () => {
    expect(readOptions(["check", "nope.yaml", "--csv", "--help"])).toMatchObject({ command: "check", help: true });
  });

  it.each([
    ["check", "--config", "a.yaml", "--json"],
    ["doctor", "--target", "a", "--quick"],
    ["people", "--source", "hr", "--target", "a", "--now", "2026-05-14"],
    ["people", "--problems", "--csv", "--source", "hr"],
    ["apply", "--target", "a", "--worker", "employee/1", "--purpose", "delete", "--accept", "d"],
    ["decide", "--requester", "1", "--product", "p", "--fresh", "--target", "a"],
    ["runs", "--target", "a", "--limit", "3"],
    ["runs", "1-a"],
    ["runs", "cancel", "1-a"],
    ["requests", "--open", "--target", "a", "--limit", "3"],
    ["requests", "retry", "s1", "--target", "a"],
    ["audit", "verify", "--day", "2026-05-14", "--noted", `1:${"a".repeat(64)}`, "--target", "a"],
    ["audit", "--subscription", "s1", "--since", "2026-05-14"],
    ["token", "--identifier", "a", "--expiry", "b", "--secret", "c"],
    ["nonsense", "word", "--csv"],
  ])("takes %s %s", (...args) => {
    expect(readOptions(args).command).toBe(args[0]);
  });
});
