import { generateKeyPairSync } from "node:crypto";
import { afterEach, describe, expect, it } from "vitest";
import { createSuccessFactorsSystem } from "../../dev/hr/successfactors-system.ts";
import { type HrWorker, inventWorkers } from "../../dev/hr/workers.ts";
import type { SourceEntry } from "../../shared/people/source-kind.ts";
import { type HrRig, personOf, startHrRig } from "../contract/hr-rig.ts";
import { describePeopleSourceContract } from "../contract/people-source-contract.ts";

const { signal } = new AbortController();
const [first, second] = inventWorkers(2) as [HrWorker, HrWorker];

function entry(address: string) {
  const authentication = { kind: "basic", user: "rollcall@contoso", secret: "sf-password" };
  return { kind: "successfactors", settings: { url: address, authentication } };
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
    "endDate",
    "status",
  ]);
}

describePeopleSourceContract("successfactors", {
  system: createSuccessFactorsSystem(),
  entry,
  truth,
  department: "departmentNav",
  manager: "employmentNav.userNav.manager.empInfo.personIdExternal",
  filter: { filter: "personIdExternal eq '10004'" },
  onePerson: true,
  keepsPlace: "the pages are those of a snapshot",
  lastDay: { property: "endDate" },
  exempt: { endDate: "what is empty and what may not be read are null alike" },
  tokens: {
    path: "/oauth/token",
    lifeSeconds: 86_400,
    entry: (address) => ({ kind: "successfactors", settings: { url: address, ...samlBearer(address) } }),
    secret: privateKeyText(),
  },
});

describe("a successfactors source", () => {
  let rig: HrRig | undefined;
  afterEach(() => rig?.server.close());

  type Given = Partial<SourceEntry> & { readonly settingsAt?: (address: string) => SourceEntry["settings"] };

  async function start({ settingsAt, ...given }: Given = {}, options: Parameters<typeof startHrRig>[2] = {}) {
    rig = await startHrRig(
      createSuccessFactorsSystem(),
      (address) => ({
        ...entry(address),
        ...given,
        settings: { ...entry(address).settings, ...given.settings, ...settingsAt?.(address) },
      }),
      options,
    );
    return rig;
  }

  it("asks for the mapped properties of employed persons alone, from a snapshot", async () => {
    const { source, server } = await start();
    const read = await source.read(signal);

    const [asked] = server.requests.map(({ url }) => new URL(url, server.address));
    expect(asked?.pathname).toBe("/odata/v2/PerPerson");
    expect(asked?.search).not.toContain("+");
    const { $select, $expand, ...others } = Object.fromEntries(asked?.searchParams ?? []);
    expect($select?.split(",")).toEqual([
      "personIdExternal",
      "personalInfoNav/firstName",
      "personalInfoNav/lastName",
      "emailNav/emailAddress",
      "employmentNav/jobInfoNav/departmentNav/name",
      "employmentNav/jobInfoNav/jobTitle",
      "employmentNav/startDate",
      "employmentNav/endDate",
      "employmentNav/jobInfoNav/emplStatusNav/externalCode",
      "emailNav/isPrimary",
    ]);
    expect($expand?.split(",")).toEqual([
      "personalInfoNav",
      "emailNav",
      "employmentNav/jobInfoNav/departmentNav",
      "employmentNav/jobInfoNav/emplStatusNav",
    ]);
    expect(others).toEqual({
      $format: "json",
      $filter: "personEmpTerminationInfoNav/activeEmploymentsCount ne null",
      $inlinecount: "allpages",
      customPageSize: "100",
      paging: "snapshot",
    });
    expect(read.evidence).toMatchObject({ pages: 4, rows: 11, expectedRows: 11 });
  });

  it("reads managers, zones and costs where the rules map them", async () => {
    const columns = {
      manager: "employmentNav.userNav.manager.empInfo.personIdExternal",
      timeZone: "employmentNav.userNav.timeZone",
      costCenter: "employmentNav.jobInfoNav.costCenter",
    };
    const { source } = await start({ columns });
    const read = await source.read(signal);

    expect(read.completeness).toBe("complete");
    expect(read.people).toMatchObject(
      inventWorkers(11).map(({ manager, timeZone, costCenter }) =>
        JSON.parse(JSON.stringify({ manager, timeZone, costCenter })),
      ),
    );
  });

  it("gives a row for each employment of a person, and still proves that nobody is missing", async () => {
    const ended: HrWorker = { ...first, id: "old", status: "ended", endDate: "2022-03-31", department: "Shipping" };
    const workers = [ended, second, first, ...inventWorkers(11).slice(2)];
    const { source, server } = await start({}, { workers });
    const read = await source.read(signal);
    server.addFaults([{ after: 1, times: 1, fault: "lose-row" }]);
    const broken = await source.read(signal);

    expect(read.evidence).toMatchObject({ rows: 12, expectedRows: 12, incompleteBecause: [] });
    expect(
      read.people.filter(({ employeeNumber }) => employeeNumber === first.employeeNumber).map(({ status }) => status),
    ).toEqual(["ended", "active"]);
    expect(broken.evidence.incompleteBecause).toEqual(["11 rows were read, the source says that it has 12"]);
  });

  it("knows an employment that begins later, which has no job information yet", async () => {
    const workers = [
      { ...first, startDate: "2024-05-14" },
      { ...second, startDate: "2024-06-01" },
    ];
    const { source, server } = await start({}, { workers: [...workers, ...inventWorkers(3).slice(2)] });
    const read = await source.read(signal);
    server.addFaults([
      { fault: { status: 200, json: withoutJobs([workers[0], { ...second, startDate: "2024-05-13" }]) } },
    ]);
    const later = await source.read(signal);

    expect(read).toMatchObject({ completeness: "complete", problems: [] });
    expect(read.people[1]).toMatchObject({ status: "active", startDate: "2024-06-01" });
    expect(read.people[1]?.department).toBeUndefined();
    expect(later.people.map(({ status }) => status)).toEqual(["active", "unknown"]);
  });

  it("keeps a person whose employments cannot be read, with a status that nobody knows", async () => {
    const { source, server } = await start({}, { workers: [first] });
    const person = { personIdExternal: "10001", employmentNav: { results: [] } };
    server.addFaults([{ fault: { status: 200, json: { d: { results: [person] } } } }]);
    const read = await source.read(signal);

    expect(read.completeness).toBe("incomplete");
    expect(read.people).toMatchObject([{ employeeNumber: "10001", status: "unknown" }]);
  });

  it("takes a property that is null for everybody as one that may not be read", async () => {
    const { source, server } = await start({}, { workers: [first] });
    const person = { personIdExternal: "10001", personalInfoNav: { results: [{ firstName: "Ada", lastName: null }] } };
    server.addFaults([{ fault: { status: 200, json: { d: { results: [person] } } } }]);
    const read = await source.read(signal);

    expect(read.people[0]?.unreadable).toContain("familyName");
    expect(read.people[0]?.unreadable).not.toContain("givenName");
  });

  it("reads one worker without a snapshot, all employments of theirs", async () => {
    const { source, server } = await start({}, { workers: [{ ...first, id: "old", status: "ended" }, second, first] });
    const read = await source.readWorker?.("10001", signal);

    expect(read?.people.map(({ employeeNumber, status }) => [employeeNumber, status])).toEqual([
      ["10001", "ended"],
      ["10001", "active"],
    ]);
    const asked = new URL(server.requests[0]?.url ?? "", server.address);
    expect(asked.searchParams.has("paging")).toBe(false);
    expect(asked.searchParams.get("$filter")).toBe(
      "(personEmpTerminationInfoNav/activeEmploymentsCount ne null) and personIdExternal eq '10001'",
    );
  });

  it("reads with the token that a signed SAML assertion gives", async () => {
    const { source, server } = await start({ settingsAt: samlBearer }, { secret: privateKeyText() });
    const read = await source.read(signal);

    expect(read.completeness).toBe("complete");
    expect(server.requests.map(({ method }) => method)).toEqual(["POST", "GET", "GET", "GET", "GET"]);
  });

  it("is incomplete when the service has given up the snapshot meanwhile", async () => {
    const { source } = await start(
      {},
      {
        wrap: ({ httpAsk, clock }) => ({
          httpAsk: async (request, stop) => {
            const answer = await httpAsk(request, stop);
            await clock.sleep(16 * 60_000, stop);
            return answer;
          },
        }),
      },
    );
    const read = await source.read(signal);

    expect(read.people).toHaveLength(3);
    expect(read.evidence.incompleteBecause[0]).toContain("cursor has expired, since the service lost the snapshot");
  });

  it("goes on in the session that holds the snapshot, and begins each read without one", async () => {
    const cookies: (string | undefined)[] = [];
    const { source } = await start(
      {},
      {
        wrap: ({ httpAsk }) => ({
          httpAsk: (request, stop) => {
            cookies.push(request.headers.cookie);
            return httpAsk(request, stop);
          },
        }),
      },
    );
    const reads = [await source.read(signal), await source.read(signal)];

    expect(reads.map(({ completeness }) => completeness)).toEqual(["complete", "complete"]);
    const held = (name: string) => [undefined, ...Array(3).fill(`JSESSIONID=${name}`)];
    expect(cookies).toEqual([...held("snapshot-1"), ...held("snapshot-2")]);
  });

  it("gets no token for an assertion that another key signed", async () => {
    const { source, server } = await start(
      { settingsAt: samlBearer },
      { secret: privateKeyText(), wrap: () => ({ secrets: { get: async () => privateKeyText() } }) },
    );

    await expect(source.read(signal)).rejects.toMatchObject({ code: "SECRET_UNAVAILABLE" });
    expect(server.requests.every(({ method }) => method === "POST")).toBe(true);
  });

  it.each([
    [400, "COE_SNAPSHOT_BAD_REQUEST", "blocks snapshots for half an hour"],
    [400, "COE_PROPERTY_NOT_FOUND", "does not know one of the mapped properties"],
    [403, "COE_UNAUTHORIZED", "may not read these entities"],
  ])("says what %i %s means", async (status, code, text) => {
    const { source, server } = await start();
    server.addFaults([{ fault: { status, json: { error: { code, message: { lang: "en-US", value: "No" } } } } }]);

    await expect(source.read(signal)).rejects.toThrow(text);
  });

  it("is refused by name when a column is no property", async () => {
    const { source } = await start({ columns: { division: "divisionName" } });

    await expect(source.read(signal)).rejects.toThrow("does not know one of the mapped properties");
  });
});

function privateKeyText(): string {
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2_048 });
  return privateKey.export({ type: "pkcs8", format: "pem" }).toString();
}

function samlBearer(address: string): SourceEntry["settings"] {
  return {
    authentication: {
      kind: "samlBearer",
      tokenUrl: `${address}/oauth/token`,
      companyId: "contoso",
      clientId: "api-key",
      user: "rollcall",
      secret: "sf-key",
    },
  };
}

/** Persons as the service gives them on a day on which none of their employments has job information. */
function withoutJobs(workers: readonly (HrWorker | undefined)[]): unknown {
  const results = workers.map((worker) => ({
    personIdExternal: worker?.employeeNumber,
    employmentNav: {
      results: [{ startDate: `/Date(${Date.parse(worker?.startDate ?? "")})/`, jobInfoNav: { results: [] } }],
    },
  }));
  return { d: { results } };
}
