import { afterEach, describe, expect, it } from "vitest";
import { createGraphSystem } from "../../dev/hr/graph-system.ts";
import { type HrWorker, inventWorkers } from "../../dev/hr/workers.ts";
import type { HttpAsk } from "../../shared/people/source-deps.ts";
import type { SourceEntry } from "../../shared/people/source-kind.ts";
import { type HrRig, personOf, startHrRig } from "../contract/hr-rig.ts";
import { describePeopleSourceContract } from "../contract/people-source-contract.ts";

const { signal } = new AbortController();
const hour = 3_600_000;

function entry(address: string) {
  return { kind: "graph", settings: { url: address } };
}

function truth(worker: HrWorker) {
  const person = personOf(worker, [
    "employeeNumber",
    "givenName",
    "familyName",
    "email",
    "department",
    "title",
    "entraObjectId",
  ]);
  return { ...person, status: worker.status === "ended" ? ("ended" as const) : ("active" as const) };
}

function filterOf({ searchParams }: URL): string {
  return searchParams.get("$filter") ?? "";
}

describePeopleSourceContract("graph", {
  system: createGraphSystem(),
  entry,
  truth,
  department: "department",
  keepsPlace: "the next link stands for the last user, not for a number",
  manager: "manager.employeeId",
  filter: { filter: "department eq 'Payments'" },
  lastDay: { property: "employeeLeaveDateTime", columns: { endDate: "employeeLeaveDateTime" } },
  exempt: { secret: "the identity's library renews its tokens" },
  changes: [
    { what: "the list", isAsked: ({ pathname }) => pathname.endsWith("/delta"), pages: 5 },
    { what: "the changed users", isAsked: (url) => /\bid in /.test(filterOf(url)), pages: 4 },
    { what: "all users of the workers", isAsked: (url) => /\bemployeeId in /.test(filterOf(url)), pages: 4 },
  ],
});

describe("a graph source", () => {
  let rig: HrRig | undefined;
  afterEach(() => rig?.server.close());

  async function start(given: Partial<SourceEntry> = {}, options: Parameters<typeof startHrRig>[2] = {}) {
    rig = await startHrRig(
      createGraphSystem(),
      (address) => ({ ...entry(address), ...given, settings: { ...entry(address).settings, ...given.settings } }),
      options,
    );
    return rig;
  }

  it("asks for the mapped properties of those with an employee id, and for their count", async () => {
    const { source, server } = await start();
    const read = await source.read(signal);

    const asked = new URL(server.requests[1]?.url ?? "", server.address);
    expect(asked.pathname).toBe("/v1.0/users");
    expect(Object.fromEntries(asked.searchParams)).toEqual({
      $select: "id,employeeId,givenName,surname,mail,department,jobTitle,accountEnabled",
      $filter: "employeeId ne null",
      $count: "true",
      $top: "500",
    });
    expect(read.evidence).toMatchObject({ rows: 11, expectedRows: 11 });
  });

  it("asks the identity again for each page, so that a token that ends in the middle of a read is followed by another", async () => {
    const identity = { token: "hr-secret" };
    const { source } = await start(
      {},
      {
        wrap: ({ httpAsk }, server) => ({
          getToken: async () => identity.token,
          httpAsk: async (request, own) => {
            const answer = await httpAsk(request, own);
            identity.token += "+";
            server.setSecret(identity.token);
            return answer;
          },
        }),
      },
    );

    expect(await source.read(signal)).toMatchObject({ completeness: "complete", evidence: { pages: 4 } });
  });

  it("reads managers, dates and cost centres where the rules map them", async () => {
    const columns = {
      manager: "manager.employeeId",
      startDate: "employeeHireDate",
      endDate: "employeeLeaveDateTime",
      costCenter: "employeeOrgData.costCenter",
    };
    const { source } = await start({ columns });
    const [staff] = [inventWorkers(11)];
    const read = await source.read(signal);

    expect(read.completeness).toBe("complete");
    expect(read.people).toMatchObject(
      staff.map(({ manager, startDate, endDate, costCenter }) =>
        JSON.parse(JSON.stringify({ manager, startDate, endDate, costCenter })),
      ),
    );
  });

  it("says which right is missing", async () => {
    const { source, server } = await start();
    const denied = { error: { code: "Authorization_RequestDenied", message: "Insufficient privileges" } };
    server.addFaults([{ fault: { status: 403, json: denied } }]);

    await expect(source.read(signal)).rejects.toThrow("expected User.Read.All");
  });

  it("reads everybody who changed since a whole read, whole, and nobody else", async () => {
    const { source, server, clock } = await start();
    const staff = inventWorkers(11);
    const whole = await source.read(signal);
    clock.advance(hour);
    server.setWorkers([
      ...staff.slice(0, 8).map((worker, index) => (index % 2 === 0 ? { ...worker, department: "Moved" } : worker)),
      ...staff.slice(9),
      ...inventWorkers(13).slice(12),
    ]);
    const changes = await source.readChanges?.(whole.changesFrom ?? { token: "", at: 0 }, signal);

    expect(whole.changesFrom).toMatchObject({ at: Date.UTC(2024, 4, 14, 12) });
    expect(changes?.people.map(({ employeeNumber, department }) => [employeeNumber, department === "Moved"])).toEqual([
      ["10001", true],
      ["10003", true],
      ["10005", true],
      ["10007", true],
      ["10013", false],
    ]);
    expect(changes?.people[0]).toMatchObject({
      familyName: staff[0]?.familyName,
      entraObjectId: staff[0]?.entraObjectId,
    });
    expect(changes).toMatchObject({
      completeness: "incomplete",
      problems: [],
      evidence: {
        partial: "changes",
        incompleteBecause: ["Only what changed since 2024-05-14T12:00:00.000Z was asked for"],
      },
    });
  });

  it("gives all accounts of a worker of whose accounts one changed", async () => {
    const { source, server } = await start();
    const [first] = inventWorkers(11) as [HrWorker];
    const former = { ...first, entraObjectId: "99999999-0000-4000-8000-000000000001", email: "former@contoso.com" };
    server.setWorkers([...inventWorkers(11), former]);
    const { changesFrom = { token: "", at: 0 } } = await source.read(signal);
    server.setWorkers([...inventWorkers(11), { ...former, status: "ended" }]);
    const changes = await source.readChanges?.(changesFrom, signal);

    expect(changes?.people.map(({ worker, status, entraObjectId }) => [worker, status, entraObjectId])).toEqual([
      ["employee/10001", "active", first.entraObjectId],
      ["employee/10001", "ended", former.entraObjectId],
    ]);
  });

  it("takes nothing from those of whom not all accounts could be read, and the rest from the others", async () => {
    const many = inventWorkers(40).map((worker) => ({ ...worker, status: "active" as const }));
    const { source, server } = await start({}, { workers: many, pageSize: 100 });
    const { changesFrom = { token: "", at: 0 } } = await source.read(signal);
    server.setWorkers(many.slice(0, 20).map((worker) => ({ ...worker, status: "ended" as const })));
    // Two pages of changes, two of the changed records, then those of their workers.
    server.addFaults([{ after: 4, times: 1, fault: "lose-row" }]);
    const changes = await source.readChanges?.(changesFrom, signal);

    expect(changes?.people.map(({ employeeNumber }) => employeeNumber)).toEqual(
      many.slice(15, 20).map(({ employeeNumber }) => employeeNumber),
    );
    expect(changes?.evidence.incompleteBecause).toEqual([
      expect.stringContaining("Only what changed"),
      "14 rows were read, the source says that it has 15",
      "Not all rows of the workers that were asked for came, so nothing is taken from those that did",
    ]);
  });

  it("says so where the number of a changed account cannot be read any more", async () => {
    const { source, server } = await start();
    const { changesFrom = { token: "", at: 0 } } = await source.read(signal);
    const staff = inventWorkers(11);
    server.setWorkers(staff.map((worker, index) => (index === 2 ? { ...worker, employeeNumber: "" } : worker)));
    const changes = await source.readChanges?.(changesFrom, signal);

    expect(changes?.people).toEqual([]);
    expect(changes?.problems.map(({ code }) => code)).toEqual(["keyMissing"]);
  });

  it.each([
    ["an expression gives the number", { map: { employeeNumber: "row.employeeId" } }],
    ["the number stands in a nested property", { columns: { employeeNumber: "employeeOrgData.division" } }],
  ])("offers no changes where %s: users cannot be looked for by it", async (_, given) => {
    const { source } = await start(given);

    expect(source.readChanges).toBeUndefined();
  });

  it("gives the same changes again to whoever asks again: nothing is used up", async () => {
    const { source, server } = await start();
    const { changesFrom = { token: "", at: 0 } } = await source.read(signal);
    server.setWorkers(inventWorkers(11).map((worker) => ({ ...worker, department: "Moved" })));
    const [first, second] = [
      await source.readChanges?.(changesFrom, signal),
      await source.readChanges?.(changesFrom, signal),
    ];

    expect(first?.people).toHaveLength(11);
    expect(second?.people).toEqual(first?.people);
  });

  it("makes nobody a leaver who was removed: that shows in the next whole read", async () => {
    const { source, server } = await start();
    const { changesFrom = { token: "", at: 0 } } = await source.read(signal);
    server.setWorkers(inventWorkers(9));
    const changes = await source.readChanges?.(changesFrom, signal);

    expect(changes).toMatchObject({ completeness: "incomplete", people: [], problems: [] });
  });

  it("wants a whole read when the token has expired, in whichever capitals that is said", async () => {
    const expired = { error: { code: "SyncStateNotFound", message: "Sync state generation not found" } };
    const { source, server } = await start();
    const { changesFrom = { token: "", at: 0 } } = await source.read(signal);
    server.addFaults([{ fault: { status: 400, json: expired } }]);

    expect(await source.readChanges?.(changesFrom, signal)).toBeUndefined();
  });

  it.each([
    ["the token has expired", { token: "/v1.0/users/delta?$deltatoken=old", at: Date.UTC(2024, 4, 14, 12) }, {}],
    ["the last whole read is too long ago", { token: "", at: Date.UTC(2024, 4, 13, 12) }, {}],
    ["as the rules say", { token: "", at: Date.UTC(2024, 4, 14, 10) }, { settings: { fullEveryHours: 2 } }],
    [
      "dates that come due are no changes",
      { token: "", at: Date.UTC(2024, 4, 14, 11) },
      { columns: { startDate: "employeeHireDate" } },
    ],
  ])("wants a whole read when %s", async (_, since, given) => {
    const { source } = await start(given);

    expect(await source.readChanges?.(since, signal)).toBeUndefined();
  });

  it("says so when the changes broke off, and keeps what came", async () => {
    const { source, server } = await start();
    const { changesFrom = { token: "", at: 0 } } = await source.read(signal);
    server.setWorkers(inventWorkers(11).map((worker) => ({ ...worker, department: "Moved" })));
    server.addFaults([{ after: 2, times: 5, fault: "close" }]);
    const changes = await source.readChanges?.(changesFrom, signal);

    expect(changes?.people.length).toBeGreaterThan(0);
    expect(changes?.evidence.incompleteBecause).toContainEqual(expect.stringContaining("could not be read (NETWORK)"));
  });

  it.each([
    ["another host", "https://elsewhere.example/v1.0/users/delta?$deltatoken=1"],
    ["nothing that is an address", 5],
    ["more than a run can remember", `/v1.0/users/delta?$deltatoken=${"x".repeat(8_000)}`],
  ])("marks no state when its link is %s", async (_, link) => {
    const { source } = await start({}, { wrap: ({ httpAsk }) => ({ httpAsk: withDeltaLink(httpAsk, link) }) });

    expect(await source.read(signal)).not.toHaveProperty("changesFrom");
  });

  it("stays on its host whatever the path of the link is", async () => {
    const asked: string[] = [];
    const { source, server } = await start(
      {},
      {
        wrap: ({ httpAsk }) => ({
          httpAsk: (request, stop) => {
            asked.push(request.url);
            return withDeltaLink(httpAsk, "/../..//elsewhere.example/delta?$deltatoken=1")(request, stop);
          },
        }),
      },
    );
    const { changesFrom = { token: "", at: 0 } } = await source.read(signal);
    await source.readChanges?.(changesFrom, signal).catch(() => undefined);

    expect(changesFrom.token).toBe("//elsewhere.example/delta?$deltatoken=1");
    expect(asked.every((url) => url.startsWith(`${server.address}/`))).toBe(true);
  });

  it("marks no state from which to go on after a read that was not complete", async () => {
    const { source, server } = await start();
    server.addFaults([{ fault: { vanish: "department" } }]);

    expect(await source.read(signal)).not.toHaveProperty("changesFrom");
  });
});

/** Answers as the service does, with another link to the state of the moment. */
function withDeltaLink(httpAsk: HttpAsk, link: unknown): HttpAsk {
  return async (request, stop) => {
    const answer = await httpAsk(request, stop);
    if (!request.url.includes("deltatoken=latest")) return answer;
    return { ...answer, text: JSON.stringify({ value: [], "@odata.deltaLink": link }) };
  };
}
