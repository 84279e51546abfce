import { afterEach, describe, expect, it } from "vitest";
import { createScimSystem } from "../../dev/hr/scim-system.ts";
import { type HrWorker, inventWorkers } from "../../dev/hr/workers.ts";
import type { Person } from "../../shared/core/person.ts";
import { createNodeFetchTransport } from "../../shared/http/node-fetch-transport.ts";
import { createSourceDeps } from "../../shared/people/create-source-deps.ts";
import { createSource } from "../../shared/people/kinds.ts";
import type { HttpAnswer, HttpAsk } from "../../shared/people/source-deps.ts";
import type { SourceEntry } from "../../shared/people/source-kind.ts";
import { type HrRig, personOf, type RigOptions, startHrRig } from "../contract/hr-rig.ts";
import { describePeopleSourceContract } from "../contract/people-source-contract.ts";
import { startScimmyServer } from "../helpers/scimmy-server.ts";
import { createFixedClock } from "../http/fixed-clock.ts";
import { createRecordingLog } from "../http/recording-log.ts";
import { sourceDeps, sourceEntry } from "./source-kit.ts";

const enterprise = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
const { signal } = new AbortController();
const authentication = { kind: "bearer", secret: "scim-token" };

function entry(address: string) {
  return { kind: "scim", settings: { url: `${address}/scim/v2`, authentication } };
}

function truth(worker: HrWorker) {
  const person = personOf(worker, ["employeeNumber", "givenName", "familyName", "email", "department", "title"]);
  return { ...person, status: worker.status === "ended" ? ("ended" as const) : ("active" as const) };
}

const manager = `${enterprise}:manager.value`;
const staff = inventWorkers(11);

/** What a row says of the manager. */
function leaderOf({ manager: number, managerNotFound, unreadable }: Person): string | undefined {
  if (unreadable.length > 0) return unreadable.join() === "manager" && number === undefined ? "cannot be read" : "?";
  return managerNotFound === true && number === undefined ? "is nobody" : number;
}

function filterOf({ searchParams }: URL): string {
  return searchParams.get("filter") ?? "";
}

/** True for a question whether the service can tell who changed. */
function isProof({ searchParams }: URL): boolean {
  return searchParams.get("count") === "1";
}

describePeopleSourceContract("scim by cursor", {
  system: createScimSystem(),
  entry,
  truth,
  manager,
  filter: { filter: "active eq true" },
  managersById: { manager },
  department: "department",
  keepsPlace: "the cursor stands for the last user, not for a number",
});

describePeopleSourceContract("scim by index", {
  system: createScimSystem({ cursors: false }),
  entry,
  truth,
  manager,
  filter: { filter: "active eq true" },
  department: "department",
  exempt: {
    expiredCursor: "there are no cursors",
    repeatedNext: "the client counts, there is no next link",
  },
  changes: [
    { what: "the list", isAsked: (url) => /lastModified gt/.test(filterOf(url)) && !isProof(url), pages: 5 },
    { what: "the changed users", isAsked: (url) => /employeeNumber eq/.test(filterOf(url)) && !isProof(url), pages: 6 },
  ],
});

describePeopleSourceContract("scim by cursor alone", {
  system: createScimSystem({ cursors: "only" }),
  entry,
  truth,
  manager,
  filter: { filter: "active eq true" },
  managersById: { manager },
  department: "department",
  keepsPlace: "the cursor stands for the last user, not for a number",
  exempt: { lostRow: "there is no total" },
});

describe("a scim source", () => {
  let rig: HrRig | undefined;
  afterEach(() => rig?.server.close());

  async function start(given: Partial<SourceEntry> = {}, options: Parameters<typeof startHrRig>[2] = {}) {
    rig = await startHrRig(
      createScimSystem(),
      (address) => ({ ...entry(address), ...given, settings: { ...entry(address).settings, ...given.settings } }),
      options,
    );
    return rig;
  }

  it("asks for the mapped attributes alone, and for cursors where they are offered", async () => {
    const { source, server } = await start({ settings: { filter: 'userType eq "Employee"', count: 50 } });
    await source.read(signal);

    // Before the first page it is asked twice whether the service can tell who changed; here nobody fits the filter.
    const [config, , , users] = server.requests.map(({ url }) => new URL(url, server.address));
    expect(config?.pathname).toBe("/scim/v2/ServiceProviderConfig");
    expect(users?.pathname).toBe("/scim/v2/Users");
    expect(Object.fromEntries(users?.searchParams ?? [])).toEqual({
      attributes: `id,${enterprise}:employeeNumber,name.givenName,name.familyName,emails,${enterprise}:department,title,active`,
      count: "50",
      cursor: "",
      filter: 'userType eq "Employee"',
    });
  });

  it.each([
    ["index", "startIndex"],
    ["cursor", "cursor"],
  ])("asks for nothing but users when the rules say %s", async (paging, parameter) => {
    const { source, server } = await start({ settings: { paging } });
    const read = await source.read(signal);

    expect(read.completeness).toBe("complete");
    expect(server.requests.every(({ url }) => url.includes(`${parameter}=`))).toBe(true);
  });

  it("says why the service refuses a filter", async () => {
    const { source } = await start({ settings: { filter: "nonsense" } });

    await expect(source.read(signal)).rejects.toMatchObject({
      code: "SOURCE_UNAVAILABLE",
      message: expect.stringContaining("does not understand the filter"),
    });
  });

  it("gives managers by their numbers, in a whole read and for one worker", async () => {
    const { source } = await start({ columns: { manager } });
    const read = await source.read(signal);
    const one = await source.readWorker?.("10005", signal);

    expect(read.completeness).toBe("complete");
    expect(read.people.map((person) => person.manager)).toEqual([undefined, ...Array(10).fill("10001")]);
    expect(one?.people).toMatchObject([{ employeeNumber: "10005", manager: "10001" }]);
  });

  it("gives no manager where the id leads to nobody, never the id", async () => {
    const { source } = await start({ columns: { manager }, settings: { filter: "active eq true" } });
    rig?.server.setWorkers(inventWorkers(11).map((each, index) => (index === 0 ? { ...each, status: "ended" } : each)));
    const read = await source.read(signal);

    expect(read.people).toHaveLength(9);
    expect(read.people.map((person) => person.manager)).toEqual(Array(9).fill(undefined));
  });

  it("gives no manager whom the filter leaves out, whether everybody is read, one worker or who changed", async () => {
    const [lead, ...led] = staff as [HrWorker, ...HrWorker[]];
    const workers = [{ ...lead, status: "ended" as const }, ...led];
    const given = { columns: { manager }, settings: { filter: "active eq true" } };
    const { source, server, clock } = await start(given, { workers });
    const whole = await source.read(signal);
    const one = await source.readWorker?.("10005", signal);
    clock.advance(900_000);
    server.setWorkers(workers.map((each) => ({ ...each, title: "Moved" })));
    const changes = await source.readChanges?.(whole.changesFrom ?? { token: "none", at: 0 }, signal);

    expect(whole.people.map(leaderOf)).toEqual(Array(9).fill("is nobody"));
    expect(one?.people.map(leaderOf)).toEqual(["is nobody"]);
    expect(changes?.people.map(leaderOf)).toEqual(Array(9).fill("is nobody"));
  });

  it.each<[string, string | undefined, (answer: HttpAnswer) => HttpAnswer, string]>([
    ["is found", undefined, (answer) => answer, "10001"],
    ["is found by the filter", "active eq true", (answer) => answer, "10001"],
    ["is not there", undefined, withStatus(404), "is nobody"],
    ["is refused", undefined, withStatus(403), "cannot be read"],
    ["cannot be looked for by id", "active eq true", withStatus(400), "cannot be read"],
    ["comes as something else", undefined, (answer) => ({ ...answer, text: "<html>" }), "cannot be read"],
    ["is somebody else", undefined, edited(/"id":"[^"]*"/, '"id":"another"'), "cannot be read"],
    ["is somebody else on the list", "active eq true", edited(/"id":"[^"]*"/, '"id":"another"'), "cannot be read"],
    [
      "is counted but does not come",
      "active eq true",
      edited(/"Resources":\[.*\]/, '"Resources":[]'),
      "cannot be read",
    ],
    ["has no number", undefined, edited(/"employeeNumber":"[^"]*"/, '"employeeNumber":""'), "is nobody"],
  ])("gives one worker's manager where the record %s, never another's", async (_, filter, answered, expected) => {
    const isManager = ({ url }: { readonly url: string }) => /Users\/|[ +]id\+eq/.test(url);
    const wrap: RigOptions["wrap"] = ({ httpAsk }) => ({
      httpAsk: async (request, stop) => {
        const answer = await httpAsk(request, stop);
        return isManager(request) ? answered(answer) : answer;
      },
    });
    const { source } = await start({ columns: { manager }, settings: { filter } }, { wrap });
    const one = await source.readWorker?.("10005", signal);

    expect(rig?.server.requests.filter(isManager)).toHaveLength(1);
    expect(one?.people.map(leaderOf)).toEqual([expected]);
  });

  it("refuses managers by id where an expression gives the number", async () => {
    const map = { employeeNumber: "row.userName" };

    await expect(start({ columns: { manager }, map })).rejects.toMatchObject({ code: "CONFIG_INVALID" });
  });

  it("takes the rules' own columns, words and omissions before the usual ones", async () => {
    const { source, server } = await start({
      columns: { department: `${enterprise}:costCenter`, email: 'emails[type eq "home"].value' },
      map: { title: 'row.userName == "" ? "" : "By rule"' },
      status: { column: "active", active: ["false"], ended: ["true"] },
      settings: { omit: ["familyName"], alsoRead: ["userName"] },
    });
    const { people, completeness } = await source.read(signal);

    expect(completeness).toBe("complete");
    expect(people[0]).toMatchObject({ title: "By rule", status: "ended", email: "10001@home.example.com" });
    expect(people[0]?.department).toMatch(/^CC/);
    expect(people[0]?.familyName).toBeUndefined();
    expect(server.requests.at(-1)?.url).toContain("userName");
  });

  it("keeps one worker of a service that selects nothing", async () => {
    const { source } = await start({}, { wrap: ({ httpAsk }) => ({ httpAsk: withoutFilter(httpAsk) }) });
    const read = await source.readWorker?.("10002", signal);

    expect(read?.people.map(({ employeeNumber }) => employeeNumber)).toEqual(["10002"]);
    expect(read?.evidence.incompleteBecause).toContainEqual(expect.stringContaining("10 other workers came back"));
  });
});

describe("a scim source of which one worker is asked for", () => {
  it.each([20, 21])(
    "stops after twenty pages where a service selects nothing, and takes nothing then (%i)",
    async (count) => {
      const { source, server } = await startHrRig(createScimSystem(), entry, {
        workers: inventWorkers(count),
        pageSize: 1,
        wrap: ({ httpAsk }) => ({ httpAsk: withoutFilter(httpAsk) }),
      });
      const read = await source.readWorker?.("10002", signal);
      await server.close();

      // Before them it is asked how the service pages.
      expect(server.requests).toHaveLength(21);
      expect(read?.people).toHaveLength(count === 20 ? 1 : 0);
    },
  );
});

describe("a scim source over a service that is not ours", () => {
  it("reads all users, their managers, and one of them", async () => {
    const staff = inventWorkers(23);
    const server = await startScimmyServer(staff, "hr-secret");
    try {
      const { expressions } = sourceDeps();
      const secrets = { get: async () => "hr-secret" };
      const clock = createFixedClock();
      const identity = { getToken: async () => null };
      const transport = createNodeFetchTransport();
      const deps = createSourceDeps({ clock, log: createRecordingLog(), secrets, identity, expressions, transport });
      const open = (select: string) => {
        const settings = { url: server.address, authentication, count: 10, select };
        return createSource(sourceEntry({ kind: "scim", columns: { manager }, settings }), deps);
      };
      const source = open("everything");
      const read = await source.read(signal);
      const one = await source.readWorker?.("10007", signal);

      expect(read.evidence).toMatchObject({ expectedRows: 23, pages: 3, incompleteBecause: [] });
      expect(read.people).toMatchObject(staff.map((worker) => ({ ...truth(worker), ...managerOf(worker) })));
      expect(one?.people).toMatchObject([{ ...truth(staff[6] as HrWorker), manager: "10001" }]);
      expect(JSON.stringify(read)).not.toContain("Springfield");
      // This service fails over attributes of an extension in a list.
      await expect(open("attributes").read(signal)).rejects.toThrow("needs select: everything");
    } finally {
      await server.close();
    }
  });
});

function managerOf({ manager: number }: HrWorker) {
  return number === undefined ? {} : { manager: number };
}

function withStatus(status: number): (answer: HttpAnswer) => HttpAnswer {
  return (answer) => ({ ...answer, status });
}

function edited(pattern: RegExp, by: string): (answer: HttpAnswer) => HttpAnswer {
  return (answer) => ({ ...answer, text: answer.text.replace(pattern, by) });
}

function withoutFilter(httpAsk: HttpAsk): HttpAsk {
  return (request, stop) => {
    const url = new URL(request.url);
    url.searchParams.delete("filter");
    return httpAsk({ ...request, url: url.href }, stop);
  };
}
