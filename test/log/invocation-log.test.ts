import { describe, expect, it } from "vitest";
import { invocationLog } from "../../shared/log/invocation-log.ts";
import { createJsonLog } from "../../shared/log/json-log.ts";

describe("invocationLog()", () => {
  it("hands each line to the host at its own level, with the invocation in it", () => {
    const lines: string[] = [];
    const at = (level: string) => (line: string) => void lines.push(`${level} ${line}`);
    const context = { invocationId: "i1", debug: at("debug"), info: at("info"), warn: at("warn"), error: at("error") };

    const log = invocationLog({ log: (write) => createJsonLog({ level: "debug", write }) }, context);
    for (const level of ["debug", "info", "warn", "error"] as const) log[level]("x");

    expect(lines).toEqual(
      ["debug", "info", "warn", "error"].map(
        (level) => `${level} {"level":"${level}","event":"x","invocationId":"i1"}`,
      ),
    );
  });
});
