import { describe, expect, it } from "vitest";
import { createJsonLog, type LogLevel } from "../../shared/log/json-log.ts";

function start(level: LogLevel = "debug") {
  const lines: string[] = [];
  const log = createJsonLog({ level, write: (line) => lines.push(line) });
  return { log, lines, last: (): unknown => JSON.parse(lines.at(-1) ?? "") };
}

describe("createJsonLog", () => {
  it("writes one object per line, level and event first", () => {
    const { log, lines } = start();
    log.info("run.started", { runId: "r1", changes: 3, dry: true, missing: undefined });
    expect(lines).toStrictEqual(['{"level":"info","event":"run.started","runId":"r1","changes":3,"dry":true}\n']);
  });

  it("puts the clock's time on each line when it has one", () => {
    const lines: string[] = [];
    const clock = { now: () => Date.parse("2026-03-02T08:00:00Z") };
    createJsonLog({ level: "info", write: (line) => lines.push(line), clock }).info("tick");
    expect(lines).toStrictEqual(['{"time":"2026-03-02T08:00:00.000Z","level":"info","event":"tick"}\n']);
  });

  it.each([
    ["debug", ["debug", "info", "warn", "error"]],
    ["info", ["info", "warn", "error"]],
    ["warn", ["warn", "error"]],
    ["error", ["error"]],
  ] as const)("at level %s writes %j", (level, written) => {
    const { log, lines } = start(level);
    for (const each of ["debug", "info", "warn", "error"] as const) log[each]("x");
    expect(lines.map((line) => JSON.parse(line).level)).toStrictEqual(written);
    expect(log.with({}).writesDebug).toBe(written.some((each) => each === "debug"));
  });

  it.each(["audit.recorded", "audit.day.closed"])("writes %s at every level: the audit is held against it", (event) => {
    const lines: string[] = [];
    const log = createJsonLog({ level: "error", write: (line, level) => lines.push(`${level} ${line}`) });
    log.info(event, { number: 14 });
    log.info("audit.other");
    expect(lines).toStrictEqual([`info {"level":"info","event":"${event}","number":14}\n`]);
  });

  it("with puts its fields on each line; a line's own fields go before them", () => {
    const { log, last } = start();
    log.with({ runId: "r1", target: "a" }).with({ slice: 2 }).info("x", { target: "b" });
    expect(last()).toStrictEqual({ level: "info", event: "x", runId: "r1", slice: 2, target: "b" });
  });

  it("a field cannot take the place of the line's level, event or time", () => {
    const lines: string[] = [];
    const log = createJsonLog({ level: "info", write: (line) => lines.push(line), clock: { now: () => 0 } });
    log.info("x", { level: "error", event: "y", time: "never" });
    expect(JSON.parse(lines[0] ?? "")).toStrictEqual({ time: "1970-01-01T00:00:00.000Z", level: "info", event: "x" });
  });

  it("cuts long text at 300 characters", () => {
    const { log, last } = start();
    log.info("x", { exact: "a".repeat(300), long: "b".repeat(301) });
    expect(last()).toMatchObject({ exact: "a".repeat(300), long: `${"b".repeat(299)}…` });
  });

  it("text with line breaks, terminal sequences or reversed writing stays one harmless line", () => {
    const { log, lines, last } = start();
    const hostile = 'a\n{"level":"error"}\r\u001b[2J\u009b2J\u007f\u2028\u202eevil\u2066\u0000';
    log.info("x", { text: hostile, [hostile]: 1 });
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(/^[\u0020-\u007e]*\n$/);
    expect(last()).toMatchObject({ text: hostile });
  });

  it.each([
    "authorization",
    "Authorization",
    "key",
    "primaryKey",
    "x-functions-key",
    "sas_token",
    "accessToken",
    "sig",
    "client.secret",
    "password",
    "PRIMARY_KEY",
  ])("replaces the text of %s", (name) => {
    const { log, lines } = start();
    log.info("x", { [name]: "hush" });
    expect(lines[0]).toContain('"REDACTED"');
    expect(lines[0]).not.toContain("hush");
  });

  it("keeps names that only look alike, and numbers", () => {
    const { log, last } = start();
    log.info("x", { monkey: "a", design: "b", keys: 3, tokens: true });
    expect(last()).toStrictEqual({ level: "info", event: "x", monkey: "a", design: "b", keys: 3, tokens: true });
  });

  it("writes numbers that JSON does not have as text", () => {
    const { log, last } = start();
    log.info("x", { rate: Number.NaN, limit: Number.POSITIVE_INFINITY });
    expect(last()).toMatchObject({ rate: "NaN", limit: "Infinity" });
  });
});
