// The built app in the local Functions host, with everything that it talks to: HTTP in, queue, timer, storage, Key Vault,
// identity. What a person sees from outside, and the command line beside it.
import { execFile } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { inventRow } from "../../dev/stack/people-file.ts";
import { startTestStack, type TestStack } from "../helpers/test-stack.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const people = Array.from({ length: 12 }, (_, number) => inventRow(number));
let stack: TestStack;

beforeAll(async () => {
  stack = await startTestStack({ people });
});
afterAll(async () => {
  await stack.close();
});

/** The stack's rules up to what they say of requests. */
async function rulesWithoutApprovals(): Promise<string> {
  const [before = ""] = (await readFile(stack.rulesFile, "utf8")).split(/^approvals:/m);
  return before;
}

/** Rules about requests instead of the stack's own, with a test that passes. */
const approvals = `approvals:
  products:
    - product: unlimited
      rules:
        - { name: polite, approve: 'request.name == "please"' }
        - { name: web-team, approve: '"web" in requester.groups' }
        - { name: finance, reject: 'requester.department == "Finance"' }
  tests:
    - { name: the web team gets in, requester: { groups: [web] }, product: unlimited, expect: approve, rule: web-team }
`;

type Reply = { readonly status: number; readonly headers: Headers; readonly body: Record<string, unknown> };

async function call(
  method: "GET" | "POST",
  path: string,
  options: { key?: string; body?: string } = {},
): Promise<Reply> {
  const { key = stack.keys.default, body } = options;
  const headers = key === "" ? {} : { "x-functions-key": key };
  const answer = await fetch(`${stack.host.address}/api/${path}`, {
    method,
    headers,
    ...(body === undefined ? {} : { body }),
  });
  const text = await answer.text();
  return {
    status: answer.status,
    headers: answer.headers,
    body: text === "" ? {} : (JSON.parse(text) as Record<string, unknown>),
  };
}

async function ask(body: object, key = stack.keys.default): Promise<Record<string, unknown>> {
  const asked = await call("POST", "sync", { key, body: JSON.stringify(body) });
  expect(asked.status).toBe(202);
  await stack.host.idle();
  return (await call("GET", asked.headers.get("location")?.replace("/api/", "") ?? "")).body;
}

type Ended = { readonly code: number; readonly stdout: string; readonly stderr: string };

function rollcall(
  args: readonly string[],
  options: { input?: string; env?: Record<string, string> } = {},
): Promise<Ended> {
  return new Promise((resolve) => {
    const env = { ...process.env, ...stack.env, ...options.env };
    const child = execFile(
      process.execPath,
      [join(root, "dist/cli/main.js"), ...args],
      { env },
      (error, stdout, stderr) => {
        resolve({ code: typeof error?.code === "number" ? error.code : 0, stdout, stderr });
      },
    );
    child.stdin?.end(options.input ?? "");
  });
}

describe("POST /api/sync", () => {
  it("answers a bad body with every problem at once", async () => {
    const answer = await call("POST", "sync", { body: '{"target":"nowhere","mode":"force","accept":"yes","extra":1}' });

    expect(answer.status).toBe(400);
    expect(answer.body).toEqual({
      error: {
        code: "BAD_REQUEST",
        problems: [
          { field: "mode", reason: 'expected "plan" or "apply"' },
          { field: "accept", reason: "expected the digest of a stored plan: 64 hexadecimal digits" },
          { field: "extra", reason: "is not known; expected target, mode, purpose, accept, worker" },
          { field: "target", reason: 'is "nowhere"; expected one of "contoso"' },
        ],
      },
    });
  });

  it.each([
    ["not JSON", "{"],
    ["empty", ""],
    ["not an object", "[1]"],
  ])("answers a body that is %s with 400", async (_, body) => {
    expect((await call("POST", "sync", { body })).status).toBe(400);
  });

  it("is closed without a function key", async () => {
    expect((await call("POST", "sync", { key: "", body: "{}" })).status).toBe(401);
    expect((await call("GET", "runs", { key: "" })).status).toBe(401);
  });

  it("plans without a write, applies, and then finds nothing to change", async () => {
    const planned = await ask({ target: "contoso", mode: "plan" });
    expect(planned).toMatchObject({
      status: "planned",
      trigger: "http",
      verdict: { status: "allowed" },
      planned: { createUser: 12 },
    });
    expect(stack.apim.state().users).toHaveLength(1);

    const applied = await ask({ target: "contoso", mode: "apply" });
    expect(applied).toMatchObject({
      status: "finished",
      outcomes: { failed: 0, skipped: 0 },
      progress: { left: 0 },
      failures: [],
    });
    expect(stack.apim.state().users).toHaveLength(13);

    stack.apim.resetRequests();
    const again = await ask({ target: "contoso", mode: "apply" });
    expect(again).toMatchObject({ status: "finished", planned: {} });
    expect(stack.apim.requests().counts).toEqual({ "GET users": 1, "GET groups": 1, "GET products": 1 });
  });

  it("applies one worker's changes only", async () => {
    const [first, second, ...rest] = people;
    if (first === undefined || second === undefined) throw new Error("The stack has no people");
    await stack.writePeople([{ ...first, FirstName: "Adam" }, { ...second, FirstName: "Bertil" }, ...rest]);

    const run = await ask({ target: "contoso", mode: "apply", worker: "employee/1000" });

    expect(run).toMatchObject({ planned: { updateUser: 1 }, outcomes: { applied: 1 } });
    const names = stack.apim.state().users.map(({ firstName }) => firstName);
    expect([names.includes("Adam"), names.includes("Bertil")]).toEqual([true, false]);
    await stack.writePeople(people);
    await ask({ target: "contoso", mode: "apply" });
  });
});

describe("the timer", () => {
  it("asks for a run of a target that is due, and for none before its interval has passed", async () => {
    await stack.host.fireTimer("sync-timer");
    await stack.host.fireTimer("sync-timer");
    await stack.host.idle();

    const { runs } = (await call("GET", "runs?target=contoso")).body as { runs: { trigger: string; status: string }[] };
    expect(runs.filter(({ trigger }) => trigger === "timer").map(({ status }) => status)).toEqual(["finished"]);
  });
});

describe("GET /api/runs", () => {
  it("says 404 for a run that there is not", async () => {
    expect(await call("GET", "runs/1795471797820-aaaaaaaa")).toMatchObject({
      status: 404,
      body: { error: { code: "UNKNOWN_RUN" } },
    });
    expect((await call("GET", "runs/..%2Fsecrets")).status).toBe(404);
  });

  it("shows no name and no address of a person", async () => {
    const text = JSON.stringify((await call("GET", "runs")).body);

    for (const { FirstName, Mail } of people)
      expect([text.includes(Mail), text.includes(FirstName)]).toEqual([false, false]);
  });
});

describe("GET /api/health", () => {
  it("says one word to anybody, and more to who may accept", async () => {
    expect((await call("GET", "health", { key: "" })).body).toEqual({ status: "ok" });
    expect((await call("GET", "health", { key: stack.keys.accept })).body).toMatchObject({
      targets: [{ target: "contoso", status: "ok" }],
    });
  });
});

describe("the log of the host", () => {
  it("holds no secret, no name and no address", async () => {
    const log = await readFile(stack.logFile, "utf8");

    expect(log).toContain("run.slice.ended");
    const secret = [
      stack.apim.primaryKey,
      stack.apim.secondaryKey,
      stack.keys.accept,
      "SharedAccessSignature uid",
      ...people.map(({ Mail }) => Mail),
    ];
    expect(secret.filter((text) => log.includes(text))).toEqual([]);
  });
});

describe("the command line", () => {
  it("plan --json prints one document and nothing else", async () => {
    const { code, stdout } = await rollcall(["plan", "--json"]);

    expect(code).toBe(0);
    expect(Object.keys(JSON.parse(stdout) as object)).toEqual(
      expect.arrayContaining(["digest", "verdict", "reasons", "counts", "changes", "skipped", "capacity"]),
    );
    expect(JSON.parse(stdout)).toMatchObject({ verdict: "allowed", counts: {}, changes: [] });
  });

  it("plan --now shows what another day would bring, and ends with 5 when the guard blocks it", async () => {
    await stack.writePeople(people.map((row) => ({ ...row, LastDay: "2031-05-14" })));

    expect(JSON.parse((await rollcall(["plan", "--json", "--now", "2031-05-14T12:00:00Z"])).stdout)).toMatchObject({
      counts: {},
    });
    const after = await rollcall(["plan", "--json", "--now", "2031-05-14T22:00:00Z"]);

    expect(after.code).toBe(5);
    expect(JSON.parse(after.stdout)).toMatchObject({ verdict: "blocked", counts: { blockUser: 12 } });
    await stack.writePeople(people);
  });

  it("people --json shows the source as Rollcall reads it", async () => {
    const { code, stdout } = await rollcall(["people", "--source", "hr", "--json"]);

    expect(code).toBe(0);
    const shown = JSON.parse(stdout) as { people: unknown[] };
    expect(shown).toMatchObject({ completeness: "complete", evidence: { rows: 12 }, problems: [] });
    expect(shown.people).toHaveLength(12);
  });

  it("people --now shows who is in scope on another day", async () => {
    await stack.writePeople(people.map((row) => ({ ...row, LastDay: "2031-05-14" })));
    const at = async (now: string) => (await rollcall(["people", "--now", now])).stdout.split("\n")[1];
    const [before, after] = [await at("2031-05-14T12:00:00Z"), await at("2031-05-14T22:00:00Z")];
    await stack.writePeople(people);

    expect(before).toBe("  at 2031-05-14T12:00:00.000Z, in scope: 12");
    expect(after).toBe("  at 2031-05-14T22:00:00.000Z, leaver: 12");
  });

  it("people --problems tells HR what to mend, as a table, as JSON and as a file for a spreadsheet", async () => {
    const odd = people.slice(0, 1).map((row) => ({ ...row, WorkerID: "=1+1" }));
    await stack.writePeople([...people, ...odd, ...people.slice(1, 2)]);
    const table = await rollcall(["people", "--problems"]);
    const json = await rollcall(["people", "--problems", "--source", "hr", "--json"]);
    const csv = await rollcall(["people", "--problems", "--csv"]);
    await rollcall(["plan"]);
    await stack.writePeople(people);
    const run = (JSON.parse((await rollcall(["runs", "--limit", "1", "--json"])).stdout) as { runs: { id: string }[] })
      .runs[0];
    const stored = await rollcall(["people", "--problems", "--run", run?.id ?? "", "--json"]);

    expect(table.code).toBe(0);
    expect(table.stdout).toContain("duplicateRows: 1");
    expect(JSON.parse(json.stdout)).toMatchObject({ counts: { duplicateRows: 1, sharedAddress: 2 } });
    expect(csv.stdout.split("\n")[0]).toBe("code,worker,source,line,field,text");
    expect(csv.stdout).toContain("employee/%3D1%2B1");
    expect(JSON.parse(stored.stdout)).toEqual(JSON.parse(json.stdout));
    for (const wrong of [
      ["--source", "none"],
      ["--run", "none"],
    ])
      expect((await rollcall(["people", "--problems", ...wrong])).code).toBe(2);
  });

  it("apply, runs and runs ID tell the same story", async () => {
    const applied = await rollcall(["apply", "--json"]);
    const { runId } = JSON.parse(applied.stdout) as { runId: string };

    expect(applied.code).toBe(0);
    expect((await rollcall(["runs"])).stdout).toContain(runId);
    expect(JSON.parse((await rollcall(["runs", runId, "--json"])).stdout)).toMatchObject({
      id: runId,
      status: "finished",
      trigger: "cli",
    });
  });

  it("check lists every problem of the rules with its line, and ends with 2", async () => {
    const file = join(stack.folder, "wrong.yaml");
    await writeFile(
      file,
      "owner: contoso\ntargets: []\nsources:\n  - { name: hr, kind: csv, location: hr.csv, columns: { employeeNumber: Id } }\npeople: { defaultTimeZone: Mars/Base }\nprotekt: []\n",
    );

    const { code, stderr } = await rollcall(["check", "--config", file]);

    expect(code).toBe(2);
    expect(stderr.match(/wrong\.yaml:\d+:\d+/g)?.map((place) => place.split(":")[1])).toEqual(["2", "5", "6"]);
    expect((await rollcall(["check"])).code).toBe(0);
  });

  it("check decides the tests in the rules and ends with 2 when one comes out otherwise", async () => {
    const file = join(stack.folder, "approvals.yaml");
    const wrong = "{ name: finance gets in, requester: { department: Finance }, product: unlimited, expect: approve }";
    await writeFile(file, `${await rulesWithoutApprovals()}${approvals}    - ${wrong}\n`);

    const { code, stdout } = await rollcall(["check", "--config", file]);

    expect(code).toBe(2);
    expect(stdout).toMatch(/^warning: .*approvals\.yaml:\d+:\d+: .* rests on request alone/m);
    expect(stdout).toMatch(/approvals\.yaml:\d+:\d+: .* the test "finance gets in" expects approve; found reject/);
  });

  it("decide explains what HR and the service say now, rule by rule, and changes nothing", async () => {
    const file = join(stack.folder, "approvals.yaml");
    await writeFile(file, `${await rulesWithoutApprovals()}${approvals}`);
    const { id } = stack.apim.state().subscriptions.find(({ scope }) => scope === "/products/unlimited") ?? { id: "" };
    stack.apim.resetRequests();

    const [web, finance, administrator] = await Promise.all([
      rollcall(["decide", "--config", file, "--requester", "1006", "--product", "unlimited"]),
      rollcall([
        "decide",
        "--config",
        file,
        "--requester",
        "employee/1009",
        "--product",
        "unlimited",
        "--fresh",
        "--json",
      ]),
      rollcall(["decide", "--config", file, "--subscription", id]),
    ]);

    expect(web.stdout).toContain('of contoso: APPROVE, by the rule "web-team"');
    expect(JSON.parse(finance.stdout)).toMatchObject({
      answer: "reject",
      rule: "finance",
      requester: { worker: "employee/1009", fields: { department: "Finance" }, missing: null },
      rules: [{ says: "no" }, { says: "no" }, { says: "yes" }],
    });
    expect(administrator.stdout).toContain("ASK, no rule is asked. Rollcall does not manage the owner's account");
    expect([web.code, finance.code, administrator.code]).toEqual([0, 0, 0]);
    expect(Object.keys(stack.apim.requests().counts).filter((what) => !what.startsWith("GET "))).toEqual([]);
  });

  it("decide says what is missing to decide by", async () => {
    const file = join(stack.folder, "no-approvals.yaml");
    await writeFile(file, await rulesWithoutApprovals());
    const [half, unruled] = await Promise.all([
      rollcall(["decide", "--requester", "1006"]),
      rollcall(["decide", "--config", file, "--subscription", "s1"]),
    ]);

    expect(half).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("expected --subscription ID, or --requester E"),
    });
    expect(unruled).toMatchObject({ code: 2, stderr: expect.stringContaining("the rules have no approvals") });
  });

  it.each([
    ["an unknown setting", { ROLLCALL_RULEZ: "x" }, 2, "ROLLCALL_RULEZ"],
    ["a Key Vault that is away", { ROLLCALL_KEY_VAULT_URL: "https://127.0.0.1:9" }, 3, "SECRET_UNAVAILABLE"],
  ])("ends with the code for %s", async (_, env, code, text) => {
    const ended = await rollcall(["plan"], { env });

    expect(ended.code).toBe(code);
    expect(ended.stderr).toContain(text);
  });

  it("token takes the key from standard input and one line break off its end", async () => {
    const { code, stdout, stderr } = await rollcall(
      ["token", "--identifier", "123", "--expiry", "2014-08-04T22:03:00.0000000Z"],
      { input: "321\n" },
    );

    expect(code).toBe(0);
    expect(stdout).toMatch(/^SharedAccessSignature uid=123&ex=2014-08-04T22:03:00\.0000000Z&sn=q6hTggdd9OCV\+1sd/);
    expect(stderr).toContain("has passed");
  });

  it("--help lists the exit codes, an unknown command and an unknown flag end with 2", async () => {
    expect((await rollcall(["--help"])).stdout).toContain("Exit codes");
    expect((await rollcall(["remove"])).code).toBe(2);
    expect((await rollcall(["plan", "--force"])).code).toBe(2);
  });
});

// Last, because it leaves most of the company blocked.
describe("a request for a subscription", () => {
  function submit(id: string, department: string): string {
    const row = people.find(({ Department }) => Department === department);
    const owner = stack.apim.state().users.find(({ email }) => email === row?.Mail)?.id;
    if (owner === undefined) throw new Error(`nobody of ${department} has an account`);
    stack.apim.edit.putSubscription({
      id,
      ownerId: owner,
      scope: "/products/unlimited",
      displayName: `Key ${id}`,
      state: "submitted",
      // As if its event had been lost a while ago.
      createdDate: Date.now() - 600_000,
    });
    return owner;
  }
  // What is active would be in the plans of the tests that follow.
  afterAll(() => {
    for (const id of ["of-web", "of-finance", "of-payments", "of-logistics"]) stack.apim.edit.deleteSubscription(id);
  });
  const stateOf = (id: string) =>
    stack.apim.state().subscriptions.find((subscription) => subscription.id === id)?.state;

  it("is found by the sweep and decided from the queue, by the facts of the last sync", async () => {
    await ask({ target: "contoso", mode: "apply" });
    submit("of-web", "Web");
    submit("of-finance", "Finance");
    submit("of-payments", "Payments");

    await stack.host.fireTimer("requests-sweep");
    await stack.host.idle();

    expect([stateOf("of-web"), stateOf("of-finance"), stateOf("of-payments")]).toEqual([
      "active",
      "rejected",
      "submitted",
    ]);
    const listed = await rollcall(["requests"]);
    expect(listed.stdout).toMatch(/^SUBSCRIPTION +PRODUCT +OWNER +STANDING +BY +AGE\n/);
    expect(listed.stdout).toMatch(/of-web +unlimited .*approved, ends in 36\d d +rule web-team/);
    const open = JSON.parse((await rollcall(["requests", "--open", "--json"])).stdout);
    expect(open.requests).toMatchObject([{ subscription: "of-payments", status: "asked" }]);
  });

  it("is looked at again by hand, and its story told", async () => {
    submit("of-logistics", "Logistics");
    const retried = JSON.parse((await rollcall(["requests", "retry", "of-logistics", "--json"])).stdout);
    expect(retried).toEqual({ target: "contoso", subscription: "of-logistics", queued: true, takenFromPoison: 0 });
    await stack.host.idle();

    expect((await rollcall(["requests", "of-logistics"])).stdout).toMatch(/standing +asked, rejects in 13 d/);
    expect(await rollcall(["requests", "nobody"])).toMatchObject({ code: 2, stdout: "" });
  });
});

describe("accepting a blocked plan", () => {
  it("takes the key that is reserved for it, runs that plan once, and records who accepted", async () => {
    await stack.writePeople(
      people.map((row, index) => (index < 8 ? { ...row, WorkerStatus: "Inactive" as const } : row)),
    );
    const blocked = await ask({ target: "contoso", mode: "apply" });
    expect(blocked).toMatchObject({ status: "blocked", verdict: { breaches: [{ limit: "blockUser", planned: 8 }] } });
    const digest = String(blocked.digest);
    const body = { target: "contoso", mode: "apply", accept: digest };

    expect(await call("POST", "sync", { body: JSON.stringify(body) })).toMatchObject({
      status: 403,
      body: { error: { code: "NOT_RESERVED" } },
    });
    expect((await call("POST", "sync", { key: stack.keys.master, body: JSON.stringify(body) })).status).toBe(403);
    const unknown = await call("POST", "sync", {
      key: stack.keys.accept,
      body: JSON.stringify({ ...body, accept: "0".repeat(64) }),
    });
    expect(unknown.status).toBe(404);
    const accepted = await ask(body, stack.keys.accept);

    expect(accepted).toMatchObject({ status: "finished", acceptedBy: "accept", outcomes: { applied: 8, failed: 0 } });
    expect(stack.apim.state().users.filter(({ state }) => state === "blocked")).toHaveLength(8);
  });
});
