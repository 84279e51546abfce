import { afterEach, describe, expect, it } from "vitest";
import { createWorkdaySystem } from "../../dev/hr/workday-system.ts";
import { type HrWorker, inventWorkers } from "../../dev/hr/workers.ts";
import type { SourceEntry } from "../../shared/people/source-kind.ts";
import { type HrRig, personOf, startHrRig } from "../contract/hr-rig.ts";
import { describePeopleSourceContract } from "../contract/people-source-contract.ts";

const { signal } = new AbortController();
const report = "/ccx/service/customreport2/contoso/isu_rollcall/Rollcall_Workers";
const tokenPath = "/ccx/oauth2/contoso/token";

function entry(address: string) {
  const authentication = { kind: "basic", user: "isu_rollcall", secret: "workday-password" };
  return { kind: "workday", settings: { url: `${address}${report}`, authentication, workerPrompt: "Employee_ID" } };
}

function refreshToken(address: string) {
  return {
    kind: "refreshToken",
    tokenUrl: `${address}${tokenPath}`,
    clientId: "rollcall",
    secret: "workday-client",
    refreshToken: "workday-refresh",
  };
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

describePeopleSourceContract("workday", {
  system: createWorkdaySystem(),
  entry,
  truth,
  department: "Supervisory_Organization",
  manager: "Manager_ID",
  filter: { prompts: { Supervisory_Organization: "Payments" } },
  oneAnswer: true,
  tokens: {
    path: tokenPath,
    lifeSeconds: 600,
    entry: (address) => {
      const { kind, settings } = entry(address);
      return { kind, settings: { ...settings, authentication: refreshToken(address) } };
    },
  },
  lastDay: { property: "Termination_Date" },
  exempt: {
    endDate: "a report leaves out what is empty",
    noContent: "one answer without content is one with nobody in it",
    repeatedNext: "a report is one answer",
    shifted: "a report is one answer",
    lostRow: "a report says no total; expect.minRows and expect.maxShrinkPercent stand for one",
    expiredCursor: "there are no cursors",
  },
});

describe("a workday source", () => {
  let rig: HrRig | undefined;
  afterEach(() => rig?.server.close());

  type Given = Partial<SourceEntry> & { readonly settingsAt?: (address: string) => SourceEntry["settings"] };

  async function start({ settingsAt, ...given }: Given = {}, options: Parameters<typeof startHrRig>[2] = {}) {
    rig = await startHrRig(
      createWorkdaySystem({ isContingent: ({ title }) => title === "Contractor" }),
      (address) => ({
        ...entry(address),
        ...given,
        settings: { ...entry(address).settings, ...given.settings, ...settingsAt?.(address) },
      }),
      options,
    );
    return rig;
  }

  it("asks for JSON whatever the copied address says, and gives the report its prompts", async () => {
    const { source, server } = await start({
      settingsAt: (address) => ({
        url: `${address}${report}?format=simplexml&Effective=2025-05-14`,
        prompts: { Supervisory_Organization: "Payments", "Company!Company_Reference_ID": "CO 1" },
      }),
    });
    const read = await source.read(signal);

    const [asked] = server.requests.map(({ url }) => new URL(url, server.address));
    expect(asked?.pathname).toBe(report);
    expect(Object.fromEntries(asked?.searchParams ?? [])).toEqual({
      format: "json",
      Effective: "2025-05-14",
      Supervisory_Organization: "Payments",
      "Company!Company_Reference_ID": "CO 1",
    });
    expect(new Set(read.people.map(({ department }) => department))).toEqual(new Set(["Payments"]));
  });

  it("reads managers and costs where the rules map them", async () => {
    const columns = { manager: "Manager_ID", costCenter: "Cost_Center_group.0.Cost_Center_ID" };
    const { source } = await start({ columns });
    const read = await source.read(signal);

    expect(read.completeness).toBe("complete");
    expect(read.people).toMatchObject(
      inventWorkers(11).map(({ manager, costCenter }) => JSON.parse(JSON.stringify({ manager, costCenter }))),
    );
  });

  it("keeps employees and contingent workers with the same number apart", async () => {
    const [first] = inventWorkers(1) as [HrWorker];
    const map = { numberSpace: 'row.Worker_Type == "Contingent Worker" ? "contingent" : "employee"' };
    const { source } = await start({ map }, { workers: [first, { ...first, title: "Contractor", status: "ended" }] });
    const read = await source.read(signal);

    expect(read.completeness).toBe("complete");
    expect(read.people.map(({ worker, status }) => [worker, status])).toEqual([
      ["employee/10001", "active"],
      ["contingent/10001", "ended"],
    ]);
  });

  it("has no way to ask for one worker of a report without such a prompt", async () => {
    const { source } = await start({ settings: { workerPrompt: undefined } });

    expect(source.readWorker).toBeUndefined();
  });

  it("keeps one worker of a report that passes the prompt over", async () => {
    const { source } = await start({ settings: { workerPrompt: "Worker_Number" } });
    const read = await source.readWorker?.("10002", signal);

    expect(read?.people.map(({ employeeNumber }) => employeeNumber)).toEqual(["10002"]);
    expect(read?.evidence.incompleteBecause).toContainEqual(expect.stringContaining("10 other workers came back"));
  });

  it("reads with the token that a refresh token gives", async () => {
    const { source, server } = await start({
      settingsAt: (address) => ({ authentication: refreshToken(address) }),
    });
    const read = await source.read(signal);

    expect(read.completeness).toBe("complete");
    expect(server.requests.map(({ method, status }) => [method, status])).toEqual([
      ["POST", 200],
      ["GET", 200],
    ]);
  });

  it.each([
    [403, "expected it shared with the user"],
    [400, "a prompt that the report requires may be missing"],
    [404, "the address needs the tenant"],
  ])("says what is probably wrong when Workday answers %i", async (status, text) => {
    const { source, server } = await start();
    server.addFaults([{ fault: { status } }]);

    await expect(source.read(signal)).rejects.toThrow(text);
  });

  it("is incomplete, not empty, when the rows are not where they should be", async () => {
    const { source, server } = await start();
    server.addFaults([{ fault: { status: 200, json: { Report_Data: { Report_Entry: [] } } } }]);

    expect(await source.read(signal)).toMatchObject({
      completeness: "incomplete",
      evidence: { incompleteBecause: [expect.stringContaining("has no list")] },
    });
  });

  it("reads rows that a tenant nests", async () => {
    const { source, server } = await start({ settings: { items: "Report_Data.Report_Entry" } });
    server.addFaults([{ fault: { status: 200, json: { Report_Data: { Report_Entry: [] } } } }]);

    expect(await source.read(signal)).toMatchObject({ completeness: "empty" });
  });
});
