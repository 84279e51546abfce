// What the command line tells somebody whose files, words or settings are wrong: the built program over the local stack.
import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { inventRow } from "../../dev/stack/people-file.ts";
import { type Ended, runRollcall } from "../helpers/rollcall.ts";
import { startTestStack, type TestStack } from "../helpers/test-stack.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const people = Array.from({ length: 60 }, (_, number) => inventRow(number));
let stack: TestStack;

beforeAll(async () => {
  stack = await startTestStack({ people });
  expect((await rollcall(["apply"])).code).toBe(0);
});
afterAll(async () => {
  await stack.close();
});

function rollcall(args: readonly string[], settings: Readonly<Record<string, string>> = {}): Promise<Ended> {
  return runRollcall(args, { ...stack.env, ...settings });
}

describe("a word that the command line does not know", () => {
  it("ends with 2 and the one that was meant", async () => {
    const ended = await Promise.all(
      [["plna"], ["plan", "--taget", "contoso"], ["check", "nope.yaml"]].map((args) => rollcall(args)),
    );

    expect(ended.map(({ code, stdout }) => [code, stdout])).toEqual(ended.map(() => [2, ""]));
    const meant = ['did you mean "plan"?', 'did you mean "--target"?', "the rules file is named with --config"];
    expect(ended.map(({ stderr }, index) => stderr.endsWith(`; ${meant[index]}\n`))).toEqual([true, true, true]);
  });
});

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

describe("check", () => {
  it("counts in words, and tests where there are some", async () => {
    const sample = { ROLLCALL_RULES: join(root, "rollcall.sample.yaml") };
    const [own, samples] = await Promise.all([rollcall(["check"]), rollcall(["check"], sample)]);

    expect(own.stdout).toMatch(/: in order; 1 target, 1 source, 3 groups; approvals, 1 product by name; tests: none$/m);
    expect(samples.stdout).toMatch(/: in order; 2 targets, 1 source, 2 groups; .*; tests: 3 of 3 pass$/m);
  });
});

describe("check, of settings", () => {
  it("warns of those that the rules need and the environment lacks, and ends with 0", async () => {
    const none = Object.fromEntries(Object.keys(stack.env).map((name) => [name, ""]));
    const sample = { ...none, ROLLCALL_RULES: join(root, "rollcall.sample.yaml") };
    const [lines, json, own] = await Promise.all([
      rollcall(["check"], sample),
      rollcall(["check", "--json"], sample),
      rollcall(["check"]),
    ]);

    expect(lines.code).toBe(0);
    expect(lines.stdout).toMatch(/^warning: ROLLCALL_KEY_VAULT_URL is not set: .*: portal-validation-primary, /m);
    expect(lines.stdout).toMatch(/\nSettings: 4 that these rules need are not set here, see the warnings\n$/);
    expect(JSON.parse(json.stdout)).toMatchObject({ ok: true, missingSettings: { length: 4 } });
    expect(own.stdout).toMatch(/\nSettings: all that these rules need are set; [^\n]*\n$/);
  });
});

describe("a target that the rules do not have", () => {
  it.each(["runs", "requests"])("is refused by %s with those that they have", async (command) => {
    expect(await rollcall([command, "--target", "nope"])).toMatchObject({
      code: 2,
      stdout: "",
      stderr: expect.stringContaining('Cannot find the target "nope": the rules have "contoso"'),
    });
    expect((await rollcall([command, "--target", "contoso"])).code).toBe(0);
  });
});

describe("requests retry", () => {
  it("refuses a subscription that is neither a request nor at the service", async () => {
    expect(await rollcall(["requests", "retry", "nope"])).toMatchObject({
      code: 2,
      stdout: "",
      stderr: expect.stringContaining('Cannot retry the subscription "nope" of "contoso": there is none'),
    });
  });

  it("refuses every subscription where the rules decide nothing", async () => {
    const [rules = ""] = (await readFile(stack.rulesFile, "utf8")).split(/^approvals:/m);
    const file = join(stack.folder, "no-approvals.yaml");
    await writeFile(file, rules);

    expect(await rollcall(["requests", "retry", "nope", "--config", file])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("the rules have no approvals, so nothing is decided"),
    });
  });
});

describe("--worker", () => {
  it("with a number alone is refused, and with a key that nobody has is answered so", async () => {
    const [number, nobody] = [
      await rollcall(["plan", "--worker", "1042"]),
      await rollcall(["plan", "--worker", "a/9"]),
    ];

    expect(number).toMatchObject({ code: 2, stderr: expect.stringContaining("expected a worker's key") });
    expect(nobody.stdout).toContain("\n  workerUnknown (worker a/9): The worker is in no row that was read");
  });
});

describe("a source that cannot be read", () => {
  const unread = "  source hr: incomplete, 0 people, 0 problems\n    Cannot open";
  beforeAll(() => rm(stack.peopleFile));
  afterAll(() => stack.writePeople(people));

  it("is named by plan, apply and runs ID, with why", async () => {
    const plan = await rollcall(["plan"]);
    const apply = await rollcall(["apply"]);
    const json = JSON.parse((await rollcall(["apply", "--json"])).stdout);
    const run = await rollcall(["runs", json.runId]);

    expect(plan.stdout).toContain(`Plan for contoso: nothing to change\n${unread}`);
    expect(apply.stdout).toContain(unread);
    expect(json.sources).toMatchObject([{ source: "hr", incompleteBecause: [expect.stringContaining("Cannot open")] }]);
    expect(run.stdout).toContain(unread);
  });
});

describe("people --problems", () => {
  const cannotOpen = /^The source "hr" was not read as a whole: Cannot open "[^\n]*\n$/;
  const lastRun = async (): Promise<string> =>
    JSON.parse((await rollcall(["runs", "--limit", "1", "--json"])).stdout).runs[0].id;
  afterAll(() => stack.writePeople(people));

  it("ends with 3 where the file is not there, and says so beside each form of the report", async () => {
    await rm(stack.peopleFile);
    const [table, csv, json] = await Promise.all(
      [[], ["--csv"], ["--json"]].map((form) => rollcall(["people", "--problems", ...form])),
    );
    await rollcall(["plan"]);
    const stored = await rollcall(["people", "--problems", "--run", await lastRun()]);

    for (const ended of [table, csv, json, stored])
      expect(ended).toMatchObject({ code: 3, stderr: expect.stringMatching(cannotOpen) });
    expect(table?.stdout).toBe("Nothing that HR should mend in what was read\n");
    expect(JSON.parse(json?.stdout ?? "")).toMatchObject({ counts: {}, sources: [{ completeness: "incomplete" }] });
  });

  it("ends with 3 where the file is cut off, and with 0 where it is whole", async () => {
    await stack.writePeople(people);
    const text = await readFile(stack.peopleFile, "utf8");
    const whole = await rollcall(["people", "--problems"]);
    await writeFile(stack.peopleFile, text.slice(0, -40));
    const cut = await rollcall(["people", "--problems"]);

    expect([whole.code, whole.stderr]).toEqual([0, ""]);
    expect([cut.code, cut.stderr]).toEqual([3, expect.stringContaining("is cut off")]);
  });
});

describe("a column that is missing", () => {
  beforeAll(async () => {
    const text = await readFile(stack.peopleFile, "utf8");
    await writeFile(stack.peopleFile, text.replace("WorkerStatus", "State"));
  });
  afterAll(() => stack.writePeople(people));

  it("stands above what follows of it, which is summed up", async () => {
    const plan = await rollcall(["plan"]);
    const read = await rollcall(["people", "--source", "hr"]);
    const report = await rollcall(["people", "--problems"]);

    const [, , listed = ""] = plan.stdout.split("\n\n");
    expect(listed.split("\n")).toEqual([
      expect.stringMatching(/^ {2}columnMissing \[hr, line 1\]: /),
      ...[1000, 1001, 1002].map((number) => expect.stringContaining(`statusUnknown (worker employee/${number})`)),
      "  … and 57 more of statusUnknown (plan --json shows all)",
    ]);
    expect(read.stdout).toContain("\n  columnMissing [line 1]: ");
    expect(report.stdout).toMatch(/^columnMissing: 1\n/);
  });
});
