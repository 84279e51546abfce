// What the command line tells somebody whose files, words or settings are wrong: the built program over the local stack.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { inventRow } from "../../dev/stack/people-file.ts";
import { type Ended, runRollcall } from "../helpers/rollcall.ts";
import { startTestStack, type TestStack } from "../helpers/test-stack.ts";

const people = Array.from({ length: 60 }, (_, number) => inventRow(number));
let stack: TestStack;

beforeAll(async () => {
  stack = await startTestStack({ people });
});
afterAll(async () => {
  await stack.close();
});

function rollcall(args: readonly string[], settings: Readonly<Record<string, string>> = {}): Promise<Ended> {
  return runRollcall(args, { ...stack.env, ...settings });
}

describe("a command that fails", () => {
  const vaultless = { ROLLCALL_KEY_VAULT_URL: "" };

  it("says its sentence once, and writes lines of the log only for who asks for them", async () => {
    const silent = await rollcall(["plan"], vaultless);
    const asked = await rollcall(["plan"], { ...vaultless, ROLLCALL_LOG_LEVEL: "error" });

    expect(silent.code).toBe(2);
    expect(silent.stderr).toMatch(/^CONFIG_INVALID: Cannot read a secret: [^\n]*\n$/);
    expect(asked.stderr).toContain('"event":"run.failed"');
  });
});
