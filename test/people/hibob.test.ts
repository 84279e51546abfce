import { afterEach, describe, expect, it } from "vitest";
import { createHibobSystem } from "../../dev/hr/hibob-system.ts";
import { type HrWorker, inventWorkers } from "../../dev/hr/workers.ts";
import type { HttpAsk } from "../../shared/people/source-deps.ts";
import type { SourceEntry } from "../../shared/people/source-kind.ts";
import { type HrRig, personOf, startHrRig } from "../contract/hr-rig.ts";
import { describePeopleSourceContract } from "../contract/people-source-contract.ts";

const { signal } = new AbortController();
const staff = inventWorkers(11);

function entry(address: string) {
  return { kind: "hibob", settings: { url: address, user: "SERVICE-1", secret: "hibob-token" } };
}

function truth(worker: HrWorker) {
  const person = personOf(worker, [
    "employeeNumber",
    "givenName",
    "familyName",
    "email",
    "department",
    "title",
    "startDate",
  ]);
  return { ...person, status: worker.status === "ended" ? ("ended" as const) : ("active" as const) };
}

const onePage = "everybody comes in one answer";

describePeopleSourceContract("hibob", {
  system: createHibobSystem(),
  entry,
  truth,
  department: "department",
  manager: "work.manager",
  oneAnswer: true,
  managersById: { employeeNumber: "root.email", manager: "work.manager" },
  lastDay: { property: "terminationDate", columns: { endDate: "internal.terminationDate" } },
  exempt: {
    endDate: "nothing says that the system writes what is empty",
    records: "the number is the id of the record: a worker has one",
    noContent: "one answer without content is one with nobody in it",
    repeatedNext: onePage,
    shifted: onePage,
    expiredCursor: onePage,
    lostRow: "there is no total",
  },
});

describe("a hibob source", () => {
  let rig: HrRig | undefined;
  afterEach(() => rig?.server.close());

  async function start(given: Partial<SourceEntry> = {}, options: Parameters<typeof startHrRig>[2] = {}) {
    rig = await startHrRig(
      createHibobSystem(),
      (address) => ({ ...entry(address), ...given, settings: { ...entry(address).settings, ...given.settings } }),
      options,
    );
    return rig;
  }

  it("asks for the mapped fields, of those who have left as well", async () => {
    const bodies: unknown[] = [];
    const { source } = await start({}, { wrap: ({ httpAsk }) => ({ httpAsk: noting(httpAsk, bodies) }) });
    await source.read(signal);

    expect(bodies).toEqual([
      {
        fields: [
          "root.id",
          "root.firstName",
          "root.surname",
          "root.email",
          "work.department",
          "work.title",
          "work.startDate",
          "internal.status",
        ],
        showInactive: true,
        humanReadable: "APPEND",
      },
    ]);
  });

  it("takes names of lists as people read them, dates, numbers and truth values as the machine writes them", async () => {
    const columns = {
      employeeNumber: "work.employeeIdInCompany",
      displayName: "root.fullName",
      costCenter: "finance.costCenter",
      endDate: "internal.terminationDate",
      organization: "work.isManager",
    };
    const { source } = await start({ columns });
    const read = await source.read(signal);

    expect(read.problems).toEqual([]);
    expect(
      read.people.map(({ employeeNumber, costCenter, endDate, organization }) => [
        employeeNumber,
        costCenter,
        endDate,
        organization,
      ]),
    ).toEqual(
      staff.map(({ employeeNumber, costCenter, endDate }) => [
        employeeNumber,
        costCenter.replace("CC", "4"),
        endDate,
        "false",
      ]),
    );
  });

  it("takes no separators of thousands into a number", async () => {
    const { source } = await start({ columns: { costCenter: "work.employeeIdInCompany" } });

    expect((await source.read(signal)).people.map(({ costCenter }) => costCenter)).toEqual(
      staff.map(({ employeeNumber }) => employeeNumber),
    );
  });

  it("gives managers by the number that the rules map, and as they are where that is the system's own", async () => {
    const { source } = await start({ columns: { manager: "work.manager" } });
    const own = await source.read(signal);
    await rig?.server.close();
    const other = await start({ columns: { employeeNumber: "root.email", manager: "work.manager" } });
    const mapped = await other.source.read(signal);

    expect(own.people.map(({ manager }) => manager)).toEqual([undefined, ...Array(10).fill("10001")]);
    expect(mapped.people.map(({ manager }) => manager)).toEqual([undefined, ...Array(10).fill(staff[0]?.email)]);
    expect(other.source.readWorker).toBeUndefined();
  });

  it("holds people rather than taking the number of a list's item for its name", async () => {
    const { source, server } = await start();
    server.addFaults([{ fault: { vanish: "humanReadable" } }]);
    const read = await source.read(signal);

    expect(read.completeness).toBe("incomplete");
    expect(read.people.every(({ unreadable }) => unreadable.includes("department"))).toBe(true);
    expect(read.people[0]?.department).toBeUndefined();
  });

  it("asks nothing for a number that no employee can have", async () => {
    const { source, server } = await start();

    expect(await source.readWorker?.("ada@contoso.com", signal)).toMatchObject({ people: [] });
    expect(server.requests).toEqual([]);
  });

  it("says that the service user may not read", async () => {
    const { source, server } = await start();
    server.addFaults([{ fault: { status: 403 } }]);

    await expect(source.read(signal)).rejects.toThrow("the service user has no right to read employees");
  });

  it("refuses more fields than the system takes", async () => {
    const alsoRead = Array.from({ length: 400 }, (_, index) => `custom.field_${index}`);

    await expect(start({ settings: { alsoRead } })).rejects.toMatchObject({ code: "CONFIG_INVALID" });
  });
});

function noting(httpAsk: HttpAsk, bodies: unknown[]): HttpAsk {
  return (request, stop) => {
    bodies.push(JSON.parse(request.body ?? "null"));
    return httpAsk(request, stop);
  };
}
