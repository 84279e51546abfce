import { afterEach, describe, expect, it } from "vitest";
import { createBamboohrSystem } from "../../dev/hr/bamboohr-system.ts";
import type { HrSystem } from "../../dev/hr/hr-system.ts";
import { type HrWorker, inventWorkers } from "../../dev/hr/workers.ts";
import type { SourceEntry } from "../../shared/people/source-kind.ts";
import { type HrRig, personOf, startHrRig } from "../contract/hr-rig.ts";
import { describePeopleSourceContract } from "../contract/people-source-contract.ts";

const { signal } = new AbortController();

function entry(address: string) {
  return { kind: "bamboohr", settings: { url: address, secret: "bamboohr-key" } };
}

function datasetEntry(address: string) {
  return { kind: "bamboohr", settings: { url: address, secret: "bamboohr-key", read: "dataset" } };
}

/** Known by another number than the system's own id. */
function dataset(employeeNumber: string): Partial<SourceEntry> {
  return { columns: { employeeNumber }, settings: { read: "dataset" } };
}

function truth(worker: HrWorker) {
  const person = personOf(worker, ["employeeNumber", "givenName", "familyName", "email", "department", "title"]);
  return { ...person, status: worker.status === "ended" ? ("ended" as const) : ("active" as const) };
}

describePeopleSourceContract("bamboohr employees", {
  system: createBamboohrSystem(),
  entry,
  truth,
  department: "departmentName",
  keepsPlace: "the cursor stands for the last employee, not for a number",
  manager: "reportsToId",
  lastDay: { property: "terminationDate", columns: { endDate: "terminationDate" } },
  managersById: { employeeNumber: "employeeNumber", manager: "reportsToId" },
  changes: [
    { what: "the list", isAsked: ({ pathname }) => pathname.endsWith("/changed"), pages: 1 },
    { what: "the changed employees", isAsked: ({ searchParams }) => searchParams.has("filter[ids]"), pages: 4 },
  ],
  exempt: { records: "the number is the id of the record: a worker has one" },
});

describePeopleSourceContract("bamboohr dataset", {
  system: createBamboohrSystem(),
  entry: datasetEntry,
  truth,
  department: "jobInformationDepartment",
  lastDay: { property: "terminationDate", columns: { endDate: "terminationDate" } },
  exempt: {
    records: "the number is the id of the record: a worker has one",
    expiredCursor: "there are no cursors",
    repeatedNext: "the client counts the pages, there is no next link",
  },
});

describe("a bamboohr source", () => {
  let rig: HrRig | undefined;
  afterEach(() => rig?.server.close());

  async function start(
    given: Partial<SourceEntry> = {},
    system: HrSystem = createBamboohrSystem(),
    options: Parameters<typeof startHrRig>[2] = {},
  ) {
    const settings = (address: string) => ({ ...entry(address).settings, ...given.settings });
    rig = await startHrRig(
      system,
      (address) => ({ ...entry(address), ...given, settings: settings(address) }),
      options,
    );
    return rig;
  }

  it("asks for the mapped fields that do not come by themselves, in an order that stays", async () => {
    const { source, server } = await start();
    await source.read(signal);

    const [, first, second] = server.requests.map(({ url }) => new URL(url, server.address));
    expect(first?.pathname).toBe("/api/v1/employees");
    expect(Object.fromEntries(first?.searchParams ?? [])).toEqual({
      fields: "workEmail,departmentName",
      sort: "employeeId",
      "page[limit]": "250",
    });
    expect(second?.searchParams.get("page[after]")).toBe(`after-${inventWorkers(3)[2]?.id}`);
  });

  it("reads no end date where the system writes 0000-00-00", async () => {
    const { source } = await start({ columns: { startDate: "hireDate", endDate: "terminationDate" } });
    const read = await source.read(signal);

    expect(read.problems).toEqual([]);
    expect(read.people.map(({ startDate, endDate }) => [startDate, endDate])).toEqual(
      inventWorkers(11).map(({ startDate, endDate }) => [startDate, endDate]),
    );
  });

  it.each([{ read: "employees" }, { read: "dataset" }])(
    "holds whom the key's user may not read, and does not take what is withheld as empty: %j",
    async (settings) => {
      const hidden = ["departmentName", "jobInformationDepartment"];
      const { source } = await start({ settings }, createBamboohrSystem({ restricted: { "10003": hidden } }));
      const read = await source.read(signal);

      expect(read.people[2]).toMatchObject({ employeeNumber: "10003", unreadable: ["department"] });
      expect(read.people.filter(({ unreadable }) => unreadable.length > 0)).toHaveLength(1);
      expect(read.problems).toMatchObject([
        { code: "columnMissing", worker: "employee/10003", reason: expect.stringContaining("withholds it") },
      ]);
    },
  );

  it("holds whoever an expression needs a withheld field for", async () => {
    const { source } = await start(
      { map: { department: "row.departmentName" }, settings: { alsoRead: ["departmentName"] } },
      createBamboohrSystem({ restricted: { "10003": ["departmentName"] } }),
    );
    const read = await source.read(signal);

    expect(read.problems.map(({ worker, field }) => [worker, field])).toEqual([["employee/10003", "department"]]);
    expect(read.people[2]?.unreadable).toEqual(["department"]);
  });

  it("is incomplete, and holds everybody, when a right was taken away", async () => {
    const { source } = await start({}, createBamboohrSystem({ restricted: { "*": ["departmentName"] } }));
    const read = await source.read(signal);

    expect(read.completeness).toBe("incomplete");
    expect(read.people.every(({ unreadable }) => unreadable.includes("department"))).toBe(true);
  });

  it("gives managers by the number that the rules map", async () => {
    const { source } = await start({ columns: { employeeNumber: "employeeNumber", manager: "reportsToId" } });
    const read = await source.read(signal);

    expect(read.completeness).toBe("complete");
    expect(read.people.map(({ manager }) => manager)).toEqual([undefined, ...Array(10).fill("E10001")]);
    expect(source.readWorker).toBeUndefined();
  });

  it("gives managers as they are where workers are known by the same id", async () => {
    const { source } = await start({ columns: { manager: "reportsToId" } });

    expect((await source.readWorker?.("10004", signal))?.people).toMatchObject([{ manager: "10001" }]);
  });

  it("finds a worker in the dataset by any number that is mapped", async () => {
    const { source, server } = await start(dataset("employeeNumber"));
    const read = await source.readWorker?.("E10004", signal);

    expect(read?.people.map(({ employeeNumber }) => employeeNumber)).toEqual(["E10004"]);
    expect(server.requests).toHaveLength(1);
  });

  it("tells the numbers of the ids that its events carry, asking for nothing else", async () => {
    const bodies: unknown[] = [];
    const { source, server } = await start(dataset("employeeNumber"), createBamboohrSystem(), {
      wrap: ({ httpAsk }) => ({
        httpAsk: (request, stop) => {
          bodies.push(JSON.parse(request.body ?? "null"));
          return httpAsk(request, stop);
        },
      }),
    });
    const numbers = await source.numbersOf?.(["10004", "10002"], signal);

    expect(numbers).toEqual(["E10004", "E10002"]);
    expect((await source.readWorker?.("E10004", signal))?.people).toMatchObject([{ employeeNumber: "E10004" }]);
    expect(bodies[0]).toMatchObject({ fields: ["eeid", "employeeNumber"], filter: "eeid eq 10004" });
    expect(server.requests).toHaveLength(3);
  });

  it.each([
    ["is nobody's", ["10004", "99999"], {}],
    ["is none", ["10004 or 1 eq 1"], {}],
    ["has a number that may not be read", ["10004"], { restricted: { "10004": ["employeeNumber"] } }],
  ])("tells no number where an id %s", async (_, ids, options) => {
    const { source } = await start(dataset("employeeNumber"), createBamboohrSystem(options));

    expect(await source.numbersOf?.(ids, signal)).toBeUndefined();
  });

  it("tells no number where the system does not answer", async () => {
    const { source, server } = await start(dataset("employeeNumber"));
    server.addFaults([{ fault: { status: 403 } }]);

    expect(await source.numbersOf?.(["10004"], signal)).toBeUndefined();
  });

  it.each([
    ["the list knows workers by its ids", {}, ["10004"]],
    ["the dataset does", { settings: { read: "dataset" } }, ["10004"]],
    ["the list cannot be asked for another number", { columns: { employeeNumber: "employeeNumber" } }, undefined],
    [
      "an expression gives the number",
      {
        settings: { read: "dataset", alsoRead: ["employeeNumber"] },
        map: { employeeNumber: "row.employeeNumber" },
      },
      undefined,
    ],
  ])("asks nothing for the numbers of ids where %s", async (_, given, expected) => {
    const { source, server } = await start(given);

    expect(await source.numbersOf?.(["10004"], signal)).toEqual(expected);
    expect(source.readWorker === undefined).toBe(expected === undefined);
    expect(server.requests).toEqual([]);
  });

  it("asks nothing for a number that no employee can have", async () => {
    const { source, server } = await start();
    const read = await source.readWorker?.("10004,10005", signal);

    expect(read).toMatchObject({ people: [], completeness: "incomplete" });
    expect(server.requests).toEqual([]);
  });

  it("reads whoever changed since a whole read, whole, and nobody else", async () => {
    const { source, server, clock } = await start();
    const whole = await source.read(signal);
    const staff = inventWorkers(11);
    clock.advance(900_000);
    server.setWorkers([
      ...staff.slice(0, 9).map((worker, index) => (index === 4 ? { ...worker, department: "Moved" } : worker)),
      ...inventWorkers(12).slice(11),
    ]);
    const { changesFrom = { token: "", at: 0 } } = whole;
    const [first, second] = [
      await source.readChanges?.(changesFrom, signal),
      await source.readChanges?.(changesFrom, signal),
    ];

    expect(changesFrom.token).toBe("2024-05-14T11:55:00Z");
    expect(first?.people.map(({ employeeNumber }) => employeeNumber)).toEqual(["10005", "10012"]);
    expect(first?.people[0]).toMatchObject({ department: "Moved", familyName: staff[4]?.familyName });
    expect(first).toMatchObject({ completeness: "incomplete", problems: [], evidence: { partial: "changes" } });
    expect(second?.people).toEqual(first?.people);
  });

  it.each([
    ["no JSON", "<html>Maintenance</html>"],
    ["without a list", '{ "latest": "2024-05-14T12:00:00Z" }'],
    ["cut off", '{ "employees": { "10001": { "id": "10'],
  ])("wants everybody read where the list of changes is %s", async (_, text) => {
    const { source, clock } = await start({}, createBamboohrSystem(), {
      wrap: ({ httpAsk }) => ({
        httpAsk: async (request, stop) => {
          const answer = await httpAsk(request, stop);
          return request.url.includes("/changed") && !request.url.includes("2999") ? { ...answer, text } : answer;
        },
      }),
    });
    const { changesFrom = { token: "", at: 0 } } = await source.read(signal);
    clock.advance(900_000);

    expect(await source.readChanges?.(changesFrom, signal)).toBeUndefined();
  });

  it("passes over what was deleted and what names no record", async () => {
    const { source, server, clock } = await start();
    const { changesFrom = { token: "", at: 0 } } = await source.read(signal);
    clock.advance(900_000);
    server.setWorkers(inventWorkers(10));
    const changes = await source.readChanges?.(changesFrom, signal);

    expect(changes).toMatchObject({ people: [], problems: [], completeness: "incomplete" });
  });

  it("offers no changes where workers are known by another number: not all of a worker's records are found by it", async () => {
    const { source } = await start({ columns: { employeeNumber: "employeeNumber" } });

    expect(source.readChanges).toBeUndefined();
    expect(await source.read(signal)).not.toHaveProperty("changesFrom");
  });

  it("reads nobody where nothing changed, and everybody when the rules say so", async () => {
    const { source, clock } = await start({ settings: { fullEveryHours: 2 } });
    const { changesFrom = { token: "", at: 0 } } = await source.read(signal);
    clock.advance(3_600_000);
    const changes = await source.readChanges?.(changesFrom, signal);
    clock.advance(3_600_000);

    expect(changes).toMatchObject({ people: [], evidence: { partial: "changes" } });
    expect(await source.readChanges?.(changesFrom, signal)).toBeUndefined();
  });

  it("says that the key's user may not read", async () => {
    const { source, server } = await start();
    server.addFaults([{ fault: { status: 403 } }]);

    await expect(source.read(signal)).rejects.toThrow("the user of the API key may not read employees");
  });
});
