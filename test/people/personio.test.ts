import { afterEach, describe, expect, it } from "vitest";
import type { HrSystem } from "../../dev/hr/hr-system.ts";
import { createPersonioSystem } from "../../dev/hr/personio-system.ts";
import { type HrWorker, inventWorkers } from "../../dev/hr/workers.ts";
import type { SourceEntry } from "../../shared/people/source-kind.ts";
import { type HrRig, personOf, startHrRig } from "../contract/hr-rig.ts";
import { describePeopleSourceContract } from "../contract/people-source-contract.ts";

const { signal } = new AbortController();
const staff = inventWorkers(11);
const leavesOut = "nothing says that the system writes what is empty";

function entry(address: string) {
  return { kind: "personio", settings: { url: address, clientId: "rollcall", secret: "personio-secret" } };
}

function entryV2(address: string) {
  const { kind, settings } = entry(address);
  return { kind, settings: { ...settings, version: "v2" }, columns: { department: "custom_attributes.dynamic_8" } };
}

function truth(worker: HrWorker) {
  return personOf(worker, [
    "employeeNumber",
    "givenName",
    "familyName",
    "email",
    "department",
    "title",
    "startDate",
    "status",
  ]);
}

describePeopleSourceContract("personio v1", {
  system: createPersonioSystem(),
  entry,
  truth,
  department: "department",
  manager: "supervisor.id",
  lastDay: { property: "termination_date", columns: { endDate: "termination_date" } },
  managersById: { employeeNumber: "dynamic_7", manager: "supervisor.id" },
  tokens: { path: "/v1/auth", lifeSeconds: 600 },
  exempt: {
    records: "the number is the id of the record: a worker has one",
    expiredCursor: "there are no cursors",
    repeatedNext: "the client counts, there is no next link",
  },
});

describePeopleSourceContract("personio v2", {
  system: createPersonioSystem(),
  entry: entryV2,
  truth,
  department: "custom_attributes",
  keepsPlace: "the cursor stands for the last person, not for a number",
  manager: "employment.supervisor.id",
  lastDay: { property: "employment_end_date", columns: { endDate: "employment.employment_end_date" } },
  managersById: { employeeNumber: "custom_attributes.staff_number", manager: "employment.supervisor.id" },
  tokens: { path: "/v2/auth/token", lifeSeconds: 86_400 },
  exempt: {
    endDate: leavesOut,
    lostRow: "there is no total",
    records: "the number is the id of the record: a worker has one",
  },
});

let rig: HrRig | undefined;
afterEach(() => rig?.server.close());

async function start(
  make: typeof entry,
  given: Partial<SourceEntry> = {},
  system: HrSystem = createPersonioSystem(),
  options: Parameters<typeof startHrRig>[2] = {},
): Promise<HrRig> {
  rig = await startHrRig(
    system,
    (address) => ({ ...make(address), ...given, settings: { ...make(address).settings, ...given.settings } }),
    options,
  );
  return rig;
}

function pathsOf({ server }: HrRig): readonly string[] {
  return server.requests.map(({ method, url }) => `${method} ${url.split("?")[0]}`);
}

describe("a personio source, version 1", () => {
  it("asks for the mapped attributes alone", async () => {
    const { source, server } = await start(entry, { columns: { manager: "supervisor.id" } });
    await source.read(signal);

    const asked = new URL(server.requests[1]?.url ?? "", server.address).searchParams;
    expect(asked.getAll("attributes[]")).toEqual([
      "id",
      "first_name",
      "last_name",
      "email",
      "department",
      "position",
      "supervisor",
      "hire_date",
      "status",
    ]);
    expect([asked.get("limit"), asked.get("offset")]).toEqual(["100", "0"]);
  });

  it("goes on with the token of the last answer where each is good for one request", async () => {
    const started = await start(entry, {}, createPersonioSystem({ tokensOnce: true }));
    const read = await started.source.read(signal);
    const again = await started.source.read(signal);

    expect([read.completeness, again.completeness]).toEqual(["complete", "complete"]);
    expect(pathsOf(started).filter((path) => path === "POST /v1/auth")).toHaveLength(1);
    expect(started.server.requests.every(({ status }) => status === 200)).toBe(true);
  });

  it("makes a new token where a request that failed has used one up", async () => {
    const started = await start(entry, {}, createPersonioSystem({ tokensOnce: true }), { secret: "rotated" });
    started.server.addFaults([{ after: 1, times: 1, fault: { status: 503 } }]);

    expect((await started.source.read(signal)).completeness).toBe("complete");
    expect(pathsOf(started).filter((path) => path === "POST /v1/auth")).toHaveLength(2);
  });

  it("gives supervisors, the only cost centre, and dates as they are written", async () => {
    const columns = { manager: "supervisor.id", costCenter: "cost_centers.name", endDate: "termination_date" };
    const { source } = await start(entry, { columns });
    const read = await source.read(signal);

    expect(read.problems).toEqual([]);
    expect(read.people).toMatchObject(
      staff.map((worker) => JSON.parse(JSON.stringify(personOf(worker, ["manager", "costCenter", "endDate"])))),
    );
    expect(read.people.map(({ endDate }) => endDate)).toEqual(staff.map(({ endDate }) => endDate));
  });

  it.each([
    ["v1", entry, { employeeNumber: "dynamic_7", manager: "supervisor.id" }],
    ["v2", entryV2, { employeeNumber: "custom_attributes.staff_number", manager: "employment.supervisor.id" }],
  ])("gives managers by the number that the rules map: %s", async (_, make, columns) => {
    const { source } = await start(make, { columns });
    const read = await source.read(signal);

    expect(read.completeness).toBe("complete");
    expect(read.people.map(({ manager }) => manager)).toEqual([undefined, ...Array(10).fill("E10001")]);
    expect(source.readWorker).toBeUndefined();
  });

  it("is incomplete, and holds everybody, when an attribute is not released any more", async () => {
    const readable = ["id", "first_name", "last_name", "email", "position", "hire_date", "status"];
    const { source } = await start(entry, {}, createPersonioSystem({ readable }));
    const read = await source.read(signal);

    expect(read.completeness).toBe("incomplete");
    expect(read.people.every(({ unreadable }) => unreadable.includes("department"))).toBe(true);
  });

  it.each([
    ["v1", entry],
    ["v2", entryV2],
  ])("finds nobody under a number that is not there, and asks nothing for what is none: %s", async (_, make) => {
    const started = await start(make);
    const gone = await started.source.readWorker?.("99999", signal);
    const asked = started.server.requests.length;
    const none = await started.source.readWorker?.("1/../2", signal);

    expect(gone).toMatchObject({ people: [], completeness: "incomplete" });
    expect(none).toMatchObject({ people: [], completeness: "incomplete" });
    expect(started.server.requests).toHaveLength(asked);
  });
});

describe("a personio source, version 2", () => {
  it("gives the names of departments, each asked for once in a read", async () => {
    const started = await start(entryV2, { columns: { department: "employment.department" } });
    const read = await started.source.read(signal);

    expect(read.completeness).toBe("complete");
    expect(read.people.map(({ department }) => department)).toEqual(staff.map(({ department }) => department));
    const units = pathsOf(started).filter((path) => path.startsWith("GET /v2/org-units/"));
    expect(units).toHaveLength(new Set(staff.map(({ department }) => department)).size);
    await started.source.read(signal);
    expect(pathsOf(started).filter((path) => path.startsWith("GET /v2/org-units/"))).toHaveLength(2 * units.length);
  });

  it("asks for no employments where none is mapped", async () => {
    const started = await start(entryV2, {
      columns: { department: "custom_attributes.unit" },
      status: { column: "status", active: ["ACTIVE"], ended: ["INACTIVE"] },
      settings: { omit: ["title", "startDate"] },
    });

    expect((await started.source.read(signal)).completeness).toBe("complete");
    expect(pathsOf(started).filter((path) => path.includes("/employments"))).toEqual([]);
  });

  it("leaves out whose employment cannot be read, and is incomplete", async () => {
    rig = await startHrRig(createPersonioSystem(), entryV2, {
      wrap: ({ httpAsk }) => ({
        httpAsk: async (request, stop) => {
          const answer = await httpAsk(request, stop);
          return request.url.includes("/10004/employments") ? { ...answer, status: 403 } : answer;
        },
      }),
    });
    const read = await rig.source.read(signal);

    expect(read.people.map(({ employeeNumber }) => employeeNumber)).not.toContain("10004");
    expect(read.people).toHaveLength(10);
    expect(read.evidence.incompleteBecause).toEqual([
      "The employment, or what belongs to it, of 1 persons could not be read; check the rights of the API credentials",
    ]);
  });
});
