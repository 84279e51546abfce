import { afterEach, describe, expect, it } from "vitest";
import { createScimSystem, type ScimOptions } from "../../dev/hr/scim-system.ts";
import type { HrWorker } from "../../dev/hr/workers.ts";
import type { SourceEntry } from "../../shared/people/source-kind.ts";
import { type HrRig, type RigOptions, staff, startHrRig } from "../contract/hr-rig.ts";
import { workersOf } from "./source-kit.ts";

const { signal } = new AbortController();
const authentication = { kind: "bearer", secret: "scim-token" };
const [, , , worker] = staff as [HrWorker, HrWorker, HrWorker, HrWorker];
/** Other rows of one worker: with two on a page they are on two pages. */
const others = ["second", "third"].map((id): HrWorker => ({ ...worker, id, status: "ended" }));

let rig: HrRig | undefined;
afterEach(async () => {
  await rig?.server.close();
  rig = undefined;
});

async function start(service: ScimOptions, settings: SourceEntry["settings"] = {}, options: RigOptions = {}) {
  const entry = (address: string) => ({
    kind: "scim",
    settings: { url: `${address}/scim/v2`, authentication, ...settings },
  });
  rig = await startHrRig(createScimSystem(service), entry, { workers: [...staff, ...others], pageSize: 2, ...options });
  const { server } = rig;
  const urls = () => server.requests.map(({ url }) => new URL(url, server.address));
  return {
    ...rig,
    /** Of everything that was asked for: how often the service was asked what it offers, and by what it was paged. */
    asked: () => ({
      offers: urls().filter(({ pathname }) => pathname.endsWith("/ServiceProviderConfig")).length,
      by: [...new Set(urls().flatMap(({ searchParams }) => ways.filter((way) => searchParams.has(way))))],
    }),
  };
}

const ways = ["startIndex", "cursor"] as const;

describe("how a scim source pages", () => {
  it.each<[string, ScimOptions, string | undefined, ReturnType<Awaited<ReturnType<typeof start>>["asked"]>]>([
    ["the service has cursors alone", { cursors: "only" }, undefined, { offers: 1, by: ["cursor"] }],
    ["it offers both", {}, undefined, { offers: 1, by: ["cursor"] }],
    ["it offers no cursors", { cursors: false }, undefined, { offers: 1, by: ["startIndex"] }],
    ["the rules say cursor", {}, "cursor", { offers: 0, by: ["cursor"] }],
    ["the rules say index", {}, "index", { offers: 0, by: ["startIndex"] }],
  ])("is the same for everybody, one worker and who changed, where %s", async (_, service, paging, expected) => {
    const { source, server, clock, asked } = await start(service, { paging });
    const whole = await source.read(signal);
    const one = await source.readWorker?.(worker.employeeNumber, signal);
    clock.advance(900_000);
    server.setWorkers([...staff, ...others].map((each) => ({ ...each, department: "Moved" })));
    const { changesFrom = { token: "nothing was marked", at: 0 } } = whole;
    const changes = await source.readChanges?.(changesFrom, signal);

    expect(whole).toMatchObject({ completeness: "complete", evidence: { people: staff.length + others.length } });
    expect(one?.people.map(({ status }) => status)).toEqual(["active", "ended", "ended"]);
    expect(changes?.evidence.incompleteBecause).toHaveLength(1);
    expect(changes && new Set(workersOf(changes))).toEqual(new Set(staff.map(({ employeeNumber }) => employeeNumber)));
    expect(changes?.people).toHaveLength(staff.length + others.length);
    expect(asked()).toEqual(expected);
  });

  it("is asked for where one worker is the first to be read", async () => {
    const { source, asked } = await start({ cursors: "only" });
    const one = await source.readWorker?.(worker.employeeNumber, signal);
    const again = await source.readWorker?.(worker.employeeNumber, signal);

    expect(one?.people).toHaveLength(3);
    expect(again?.people).toEqual(one?.people);
    expect(asked()).toEqual({ offers: 1, by: ["cursor"] });
  });

  it("is asked for where who changed is the first to be read", async () => {
    const { source, clock, asked } = await start({ cursors: "only" });
    // Everybody has changed since then.
    const since = { token: "2019-01-01T00:00:00Z", at: clock.now() };
    const changes = await source.readChanges?.(since, signal);

    expect(changes?.people).toHaveLength(staff.length + others.length);
    expect(asked()).toEqual({ offers: 1, by: ["cursor"] });
  });

  it("is asked for again where the service did not say it, and until then nothing is taken from what repeats", async () => {
    let isAway = true;
    const { source, asked } = await start({ cursors: "only" }, undefined, {
      wrap: ({ httpAsk }) => ({
        httpAsk: async (request, stop) => {
          const answer = await httpAsk(request, stop);
          return isAway && request.url.endsWith("/ServiceProviderConfig") ? { ...answer, status: 404 } : answer;
        },
      }),
    });
    const before = await source.readWorker?.(worker.employeeNumber, signal);
    isAway = false;
    const after = await source.readWorker?.(worker.employeeNumber, signal);

    expect(before).toMatchObject({ people: [], completeness: "incomplete" });
    expect(before?.evidence.incompleteBecause).toContainEqual(expect.stringContaining("repeats 2 items"));
    expect(after?.people).toHaveLength(3);
    expect(asked().offers).toBe(2);
  });
});
