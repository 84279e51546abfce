// What several targets read, one instance reads once in each tick: two instances of the app over one storage account.
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type HrServer, startHrServer } from "../../dev/hr/hr-server.ts";
import { createScimSystem } from "../../dev/hr/scim-system.ts";
import { inventWorkers } from "../../dev/hr/workers.ts";
import { inventRow } from "../../dev/stack/people-file.ts";
import { type App, createApp } from "../../shared/app.ts";
import type { PeopleRead } from "../../shared/core/person.ts";
import { createRunId } from "../../shared/runs/run-id.ts";
import { aRun } from "../helpers/records.ts";
import { startTestStack, type TestStack } from "../helpers/test-stack.ts";
import { createRecordingLog } from "../http/recording-log.ts";

const signal = new AbortController().signal;
const workers = inventWorkers(250);
let stack: TestStack;
let scim: HrServer;
let rulesFile: string;

function rules(more = ""): string {
  const service = "resourceGroups/rg/providers/Microsoft.ApiManagement/service";
  const target = (name: string, sources: string): string =>
    `  - { name: ${name}, door: arm, endpoint: "${stack.apim.address}", sources: [${sources}], resourceId: /subscriptions/6f2d6f6e-0c1a-4a51-9e0e-1d7f6d5b8a01/${service}/${name} }\n`;
  const source = (name: string): string => `  - name: ${name}
    kind: scim
    url: ${scim.address}/${name}/v2
    authentication: { kind: bearer, secret: scim-secret }
`;
  return `owner: contoso-platform
targets:
${target("a", "hr")}${target("b", "hr")}${target("c", "hr, own")}sources:
${source("hr")}${source("own")}people: { defaultTimeZone: Europe/Stockholm }
${more}`;
}

beforeAll(async () => {
  scim = await startHrServer(createScimSystem(), { workers, secret: "scim-secret" });
  stack = await startTestStack({ people: [inventRow(0)] });
  const body = JSON.stringify({ name: "scim-secret", value: "scim-secret" });
  await fetch(`${stack.keyVault}/_sim/secrets`, { method: "POST", body });
  rulesFile = join(stack.folder, "three.yaml");
  await writeFile(rulesFile, rules());
});
afterAll(async () => {
  await stack.close();
  await scim.close();
});

function instance(): Promise<App> {
  return createApp({ ...stack.env, ROLLCALL_RULES: rulesFile });
}

async function readAs(app: App, target: string, tick: number | undefined): Promise<readonly PeopleRead[]> {
  const { openTarget } = await app.world(createRecordingLog());
  const { sources } = await openTarget(target, tick, signal);
  return Promise.all(sources.map(({ source }) => source.read(signal)));
}

/** First pages that were asked for, by source, since the last call. */
let seen = 0;
function firstPages(): Readonly<Record<string, number>> {
  const urls = scim.requests.slice(seen).map(({ url }) => new URL(url, scim.address));
  seen = scim.requests.length;
  const first = urls.filter(({ pathname, searchParams }) => {
    const isPage = pathname.endsWith("/Users") && !(searchParams.get("filter") ?? "").includes("meta.lastModified");
    return isPage && (searchParams.get("cursor") ?? "") === "" && (searchParams.get("startIndex") ?? "1") === "1";
  });
  const names = first.map(({ pathname }) => pathname.split("/")[1] ?? "");
  return { hr: names.filter((name) => name === "hr").length, own: names.filter((name) => name === "own").length };
}

function everythingOf(read: PeopleRead | undefined): unknown {
  return { ...read, leftOut: [...(read?.leftOut?.all() ?? [])] };
}

describe("a source of several targets", () => {
  it("is read once for all runs of a tick, in whichever instance they are", async () => {
    const [one, other] = await Promise.all([instance(), instance()]);
    const tick = Date.now();
    firstPages();

    const reads = await Promise.all([
      readAs(one, "a", tick),
      readAs(other, "b", tick),
      readAs(one, "c", tick),
      readAs(other, "a", tick),
    ]);

    expect(firstPages()).toEqual({ hr: 1, own: 1 });
    const [[first] = []] = reads;
    expect(first).toMatchObject({ completeness: "complete", evidence: { people: 250 } });
    for (const [hr] of reads) expect(everythingOf(hr)).toEqual(everythingOf(first));
  });

  it("is read again in the next tick, by a run that somebody asked for, and when the rules have changed", async () => {
    const [one, other] = await Promise.all([instance(), instance()]);
    const tick = Date.now() + 300_000;
    await readAs(one, "a", tick);
    firstPages();

    await readAs(other, "b", tick);
    expect(firstPages()).toEqual({ hr: 0, own: 0 });
    await readAs(one, "b", tick + 1);
    expect(firstPages()).toEqual({ hr: 1, own: 0 });
    await readAs(other, "b", undefined);
    expect(firstPages()).toEqual({ hr: 1, own: 0 });
    await writeFile(rulesFile, rules("limits: { blockUser: { count: 3 } }\n"));
    await readAs(await instance(), "b", tick);
    expect(firstPages()).toEqual({ hr: 1, own: 0 });
  });

  it("is read again by a target that has read for itself since: nothing is undone that an event did", async () => {
    const [one, other] = await Promise.all([instance(), instance()]);
    const tick = Date.now() + 600_000;
    await readAs(one, "a", tick);
    const store = await one.store();
    const at = Date.now();
    const request = { target: "b", mode: "apply", purpose: "sync", worker: "employee/1" } as const;
    const ended = { request, startedAt: at, finishedAt: at, updatedAt: at, status: "finished" } as const;
    await store.putRun(aRun(createRunId(at, Math.random), ended), signal);
    firstPages();

    await readAs(other, "b", tick);
    expect(firstPages()).toEqual({ hr: 1, own: 0 });
    await readAs(other, "a", tick);
    expect(firstPages()).toEqual({ hr: 0, own: 0 });
  });

  it("is shared only where several targets have it", async () => {
    const [one, other] = await Promise.all([instance(), instance()]);
    const tick = Date.now() + 900_000;
    firstPages();

    await readAs(one, "c", tick);
    await readAs(other, "c", tick);

    expect(firstPages()).toEqual({ hr: 1, own: 2 });
  });

  it("is read once by the runs that the timer starts", async () => {
    await writeFile(stack.rulesFile, rules().replaceAll(/resourceId: \S+/g, `resourceId: ${stack.apim.resourceId}`));
    firstPages();

    await stack.host.fireTimer("sync-timer");
    await stack.host.idle();

    expect(firstPages()).toEqual({ hr: 1, own: 1 });
    const runs = await (await instance()).store().then((store) => store.listRuns({ limit: 10 }, signal));
    const timed = runs.filter(({ request }) => request.tick !== undefined);
    expect(timed.map(({ request, status }) => [request.target, status]).sort()).toEqual([
      ["a", "finished"],
      ["b", "finished"],
      ["c", "finished"],
    ]);
  });
});
