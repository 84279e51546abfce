import { createHmac } from "node:crypto";
import { describe, expect, it, vi } from "vitest";
import { createBamboohrSystem } from "../../dev/hr/bamboohr-system.ts";
import { type HrEventApp, hrEvents } from "../../shared/api/hr-events.ts";
import { AppError } from "../../shared/core/errors.ts";
import type { SpacedSource } from "../../shared/flows/read-people.ts";
import type { PeopleSource } from "../../shared/ports.ts";
import type { RunMessage } from "../../shared/run-ports.ts";
import { createMemoryRunStore } from "../../shared/runs/memory.ts";
import { createRunId } from "../../shared/runs/run-id.ts";
import { signWebhook } from "../../shared/webhook/standard-webhooks.ts";
import { parseChanged, rulesDeps } from "../config/rules-fixture.ts";
import { startHrRig } from "../contract/hr-rig.ts";
import { aRun, startOfTime } from "../helpers/records.ts";
import { createRecordingLog } from "../http/recording-log.ts";

const signal = new AbortController().signal;
const deps = await rulesDeps();
const bamboohrKey = "a key of BambooHR";
const secretText = (byte: number): string => `whsec_${Buffer.alloc(24, byte).toString("base64")}`;
const [current, next] = [secretText(1), secretText(2)];

function parsedRules(webhook: string) {
  const parsed = parseChanged(deps, [
    ["location: hr.csv", `location: hr.csv\n    webhook: { ${webhook}, secrets: [hook-old, hook-new] }`],
    ["people:", "  - { name: quiet, kind: csv, location: q.csv, columns: { employeeNumber: ID } }\npeople:"],
  ]);
  if (!parsed.ok) throw new Error(parsed.problems.map(({ reason }) => reason).join());
  return parsed.rules;
}

function source(name: string, readsOne: boolean, numbersOf?: PeopleSource["numbersOf"]): PeopleSource {
  const read = () => Promise.reject(new Error("An event reads nothing itself"));
  return { name, read, ...(readsOne && { readWorker: read }), ...(numbersOf && { numbersOf }) };
}

const elsewhere: SpacedSource = { source: source("quiet", false), spaces: ["contingent"] };

type Given = {
  readonly secrets?: Readonly<Record<string, string | Error>>;
  readonly readsOne?: boolean;
  readonly spaces?: SpacedSource["spaces"];
  /** The target's other source; nothing that it has is about employees, unless stated. */
  readonly other?: SpacedSource;
  /** The `webhook` of the source, without its secrets. */
  readonly webhook?: string;
  readonly numbersOf?: PeopleSource["numbersOf"];
  /** The source of the events itself, instead of one that is made of the others. */
  readonly hr?: PeopleSource;
  readonly targets?: readonly string[];
};

function start({
  secrets = { "hook-old": current, "hook-new": next },
  readsOne = true,
  spaces = ["employee"],
  other = elsewhere,
  webhook = "form: standard",
  numbersOf,
  hr = source("hr", readsOne, numbersOf),
  targets = ["main"],
}: Given = {}) {
  const parsed = parsedRules(webhook);
  const rules = { ...parsed, targets: targets.flatMap((name) => parsed.targets.map((each) => ({ ...each, name }))) };
  const clock = { now: () => startOfTime, sleep: async () => undefined };
  const store = createMemoryRunStore({ clock });
  const log = createRecordingLog();
  const sent: RunMessage[] = [];
  let made = 0;
  const createId = () => {
    made += 1;
    return createRunId(startOfTime + made, () => 0);
  };
  const app: HrEventApp = {
    clock,
    rules: async () => ({ rules, expressions: deps.expressions, fileName: "rollcall.yaml" }),
    secrets: async () => ({
      async get(name) {
        const text = secrets[name];
        if (typeof text === "string") return text;
        throw text ?? new Error(`The test has no secret "${name}"`);
      },
    }),
    sources: async () => [{ source: hr, spaces }, other],
    world: async () => ({
      clock,
      log,
      store,
      createId,
      queue: { send: async (message) => void sent.push(message) },
      openTarget: () => Promise.reject(new Error("An event opens no target")),
    }),
  };

  /** An event that this secret signed. */
  async function call(body: object, { secret = current, to = "hr", at = startOfTime } = {}) {
    const bytes = Buffer.from(JSON.stringify(body));
    const message = { id: "msg_1", timestamp: Math.floor(at / 1000), body: bytes };
    const headers = {
      "webhook-id": message.id,
      "webhook-timestamp": String(message.timestamp),
      "webhook-signature": signWebhook(message, secret),
    };
    const given = new Map(Object.entries(headers));
    return hrEvents({ source: to, header: (name) => given.get(name), body: bytes }, app, log, signal);
  }

  /** An event as BambooHR signs it. */
  async function callAsBambooHr(body: object, key = bamboohrKey) {
    const timestamp = String(startOfTime / 1000);
    const bytes = Buffer.from(JSON.stringify(body));
    const signature = createHmac("sha256", key).update(bytes).update(timestamp).digest("hex");
    const given = new Map(Object.entries({ "x-bamboohr-timestamp": timestamp, "x-bamboohr-signature": signature }));
    return hrEvents({ source: "hr", header: (name) => given.get(name), body: bytes }, app, log, signal);
  }

  const asked = async () =>
    (await store.listRuns({ limit: 100 }, signal)).map(({ request, trigger }) => ({ ...request, trigger }));
  return { call, callAsBambooHr, asked, store, sent, log };
}

const whole: SpacedSource = { source: source("quiet", false), spaces: "any" };
const employee = (...ids: readonly (string | number)[]) => ({ employees: ids.map((id) => ({ id })) });
const event = { type: "worker.changed", data: { employeeNumber: "1042" } };

describe("hrEvents()", () => {
  it("asks for a run about the worker at each target, through the same queue as any other", async () => {
    const { call, asked, sent } = start();

    expect((await call(event)).status).toBe(202);
    expect(await asked()).toEqual([
      { target: "main", mode: "apply", purpose: "sync", worker: "employee/1042", trigger: "event" },
    ]);
    expect(sent).toHaveLength(1);
  });

  it("asks once for a worker whose run has not begun yet", async () => {
    const { call, asked } = start();
    for (let time = 0; time < 5; time += 1) expect((await call(event)).status).toBe(202);
    await call({ data: { employeeNumber: "1043" } });

    expect((await asked()).map(({ worker }) => worker).sort()).toEqual(["employee/1042", "employee/1043"]);
  });

  it("asks for a run beside a plan of the same worker that waits: it writes nothing", async () => {
    const { call, asked, store } = start();
    const request = { target: "main", mode: "plan", purpose: "sync", worker: "employee/1042" } as const;
    await store.putRun(
      aRun(
        createRunId(startOfTime, () => 0),
        { request, trigger: "http" },
      ),
      signal,
    );
    await call(event);

    expect((await asked()).map(({ mode }) => mode).sort()).toEqual(["apply", "plan"]);
  });

  it("marks the next tick due while twenty runs wait, however many events come", async () => {
    const { call, asked, store, sent } = start();
    for (let number = 1; number <= 20; number += 1) await call({ data: { employeeNumber: number } });
    expect(await store.markedDue("main", signal)).toBeUndefined();
    await call({ data: { employeeNumber: 7 } });
    expect(await store.markedDue("main", signal)).toBeUndefined();
    for (let number = 21; number <= 300; number += 1) await call({ data: { employeeNumber: number } });

    expect([sent.length, (await asked()).length]).toEqual([20, 20]);
    expect(await store.markedDue("main", signal)).toBe(startOfTime);
  });

  it.each([
    ["the source cannot be asked about one worker", { readsOne: false }, event],
    ["its rows name their number spaces", { spaces: "any" }, event],
    ["another source of the target may have the worker, and has to be read whole", { other: whole }, event],
    ["the event names nobody", {}, { type: "worker.changed" }],
    [
      "the event names very many",
      {},
      { data: Array.from({ length: 21 }, (_, employeeNumber) => ({ employeeNumber })) },
    ],
  ] as const)("marks the next tick due, and asks for no run, where %s", async (_, given, body) => {
    const { call, asked, store } = start(given);
    for (let time = 0; time < 3; time += 1) expect((await call(body)).status).toBe(202);

    expect(await asked()).toEqual([]);
    expect(await store.markedDue("main", signal)).toBe(startOfTime);
  });

  it("takes both keys while one is replaced", async () => {
    const { call } = start();

    expect((await call(event, { secret: current })).status).toBe(202);
    expect((await call(event, { secret: next })).status).toBe(202);
  });

  it("gives one and the same answer for a wrong key, an old message, an unknown source and one without a webhook", async () => {
    const { call, asked } = start();
    const answers = [
      await call(event, { secret: secretText(9) }),
      await call(event, { at: startOfTime - 301_000 }),
      await call(event, { to: "nobody" }),
      await call(event, { to: "quiet" }),
      await call({ padding: "x".repeat(1024 * 1024) }),
    ];

    expect(answers.map(({ status }) => status)).toEqual([401, 401, 401, 401, 401]);
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
    expect(await asked()).toEqual([]);
  });

  it("answers 503 where the signature cannot be verified now, without a word about settings", async () => {
    const down = new AppError("SECRET_UNAVAILABLE", "Cannot read secret hook-old");
    const both = start({ secrets: { "hook-old": down, "hook-new": down } });
    const one = start({ secrets: { "hook-old": down, "hook-new": next } });

    expect((await both.call(event)).status).toBe(503);
    expect((await one.call(event)).status).toBe(503);
    expect((await one.call(event, { secret: next })).status).toBe(202);
    expect(JSON.stringify(await both.call(event))).not.toContain("hook-old");
  });

  it("answers 503 where a secret is none of a webhook, but not to what the other one signed", async () => {
    const { call, log } = start({ secrets: { "hook-old": "short", "hook-new": next } });

    expect((await call(event)).status).toBe(503);
    expect(log.lines.at(-1)).toMatchObject({ fields: { code: "SECRET_MALFORMED" } });
    expect((await call(event, { secret: next })).status).toBe(202);
  });

  it("takes BambooHR's form, and no key in it that anybody can try", async () => {
    const secrets = { "hook-old": "  \n", "hook-new": `${bamboohrKey}\n` };
    const numbersOf = async (ids: readonly string[]) => ids;
    const { callAsBambooHr, asked } = start({ secrets, webhook: "form: bamboohr", numbersOf });

    expect((await callAsBambooHr(employee("1042"), "")).status).toBe(503);
    expect(await asked()).toEqual([]);
    expect((await callAsBambooHr(employee("1042"))).status).toBe(202);
    expect((await asked()).map(({ worker }) => worker)).toEqual(["employee/1042"]);
  });
});

describe("hrEvents() about ids of the system", () => {
  const secrets = { "hook-old": bamboohrKey, "hook-new": bamboohrKey };
  /** Whose number is written like the id of somebody else. */
  const numbers: Readonly<Record<string, string>> = { "7": "1042", "1042": "E9" };

  function begin(given: Omit<Given, "secrets"> = {}) {
    const times: (readonly string[])[] = [];
    const numbersOf: PeopleSource["numbersOf"] = async (ids) => {
      times.push(ids);
      const found = ids.flatMap((id) => numbers[id] ?? []);
      return found.length === ids.length ? found : undefined;
    };
    return { ...start({ secrets, webhook: "form: bamboohr", numbersOf, ...given }), times };
  }

  it("looks at each worker by the number that the source gives for the id, never by the id", async () => {
    const { callAsBambooHr, asked, store } = begin();

    expect((await callAsBambooHr(employee(7, "1042"))).status).toBe(202);
    expect((await asked()).map(({ worker }) => worker).sort()).toEqual(["employee/1042", "employee/E9"]);
    expect(await store.markedDue("main", signal)).toBeUndefined();
  });

  it.each<[string, Omit<Given, "secrets">]>([
    ["the source cannot be asked whose they are", { numbersOf: undefined }],
    ["one of them is nobody's", { numbersOf: async () => undefined }],
    ["the source fails", { numbersOf: () => Promise.reject(new AppError("SOURCE_UNAVAILABLE", "It is away")) }],
  ])("marks the next tick due, and looks at nobody, where %s", async (_, given) => {
    const { callAsBambooHr, asked, store } = begin(given);

    expect((await callAsBambooHr(employee("1042"))).status).toBe(202);
    expect(await asked()).toEqual([]);
    expect(await store.markedDue("main", signal)).toBe(startOfTime);
  });

  it("keeps no sender waiting for a source that does not answer", async () => {
    const inTime = vi.spyOn(AbortSignal, "timeout").mockReturnValue(AbortSignal.abort());
    const numbersOf: PeopleSource["numbersOf"] = (_, stop) =>
      stop.aborted ? Promise.reject(new AppError("ABORTED", "It was stopped")) : new Promise(() => undefined);
    const { callAsBambooHr, store } = begin({ numbersOf });
    const { status } = await callAsBambooHr(employee("7"));

    expect(inTime.mock.calls).toEqual([[10_000]]);
    inTime.mockRestore();
    expect([status, await store.markedDue("main", signal)]).toEqual([202, startOfTime]);
  });

  it("asks BambooHR itself, whose dataset knows workers by another number", async () => {
    const settings = (url: string) => ({ url, secret: "bamboohr-key", read: "dataset" });
    const columns = { employeeNumber: "employeeNumber" };
    const rig = await startHrRig(createBamboohrSystem(), (url) => ({
      kind: "bamboohr",
      columns,
      settings: settings(url),
    }));
    const { callAsBambooHr, asked } = begin({ hr: rig.source });
    await callAsBambooHr({ type: "employee.updated", data: { employeeId: "10003" } });
    await rig.server.close();

    expect((await asked()).map(({ worker }) => worker)).toEqual(["employee/E10003"]);
  });

  it("asks the source once for all targets", async () => {
    const { callAsBambooHr, asked, times } = begin({ targets: ["main", "second"] });
    await callAsBambooHr(employee("7"));

    expect((await asked()).map(({ target, worker }) => `${target} ${worker}`).sort()).toEqual([
      "main employee/1042",
      "second employee/1042",
    ]);
    expect(times).toEqual([["7"]]);
  });

  it("takes what stands where the rules say for the number", async () => {
    const { callAsBambooHr, asked, times } = begin({ webhook: "form: bamboohr, worker: employees.id" });
    await callAsBambooHr(employee("1042"));

    expect((await asked()).map(({ worker }) => worker)).toEqual(["employee/1042"]);
    expect(times).toEqual([]);
  });

  it.each<[string, Omit<Given, "secrets">, object]>([
    ["nobody can be looked at alone", { other: whole }, employee("7")],
    ["the event names very many", {}, employee(...Array.from({ length: 21 }, (_, id) => id))],
  ])("does not ask the source where %s", async (_, given, body) => {
    const { callAsBambooHr, store, times } = begin(given);
    await callAsBambooHr(body);

    expect(times).toEqual([]);
    expect(await store.markedDue("main", signal)).toBe(startOfTime);
  });

  it("does not ask the source while twenty runs wait, however many events come", async () => {
    const times: unknown[] = [];
    const numbersOf = async (ids: readonly string[]) => {
      times.push(ids);
      return ids.map((id) => `E${id}`);
    };
    const { callAsBambooHr, asked, store } = begin({ numbersOf });
    for (let id = 1; id <= 30; id += 1) await callAsBambooHr(employee(id));

    expect([times.length, (await asked()).length]).toEqual([20, 20]);
    expect(await store.markedDue("main", signal)).toBe(startOfTime);
  });
});
