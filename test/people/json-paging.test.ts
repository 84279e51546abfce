// A JSON source that counts: rows, pages, or by links that count for it.
import { afterEach, describe, expect, it } from "vitest";
import { createJsonSystem } from "../../dev/hr/json-system.ts";
import { inventWorkers } from "../../dev/hr/workers.ts";
import { type HrRig, personOf, startHrRig } from "../contract/hr-rig.ts";
import { describePeopleSourceContract, type KindUnderContract } from "../contract/people-source-contract.ts";

const { signal } = new AbortController();
const system = createJsonSystem();

const offset = { kind: "offset", param: "skip" };
const page = { kind: "page", param: "page" };

function entry(address: string, paging: unknown, more: Readonly<Record<string, unknown>> = {}) {
  return {
    kind: "json",
    settings: {
      url: `${address}/people`,
      worker: "/people?number={employeeNumber}",
      items: "data",
      total: "meta.total",
      paging,
      authentication: { kind: "bearer", secret: "hr" },
      ...more,
    },
    columns: { employeeNumber: "number", givenName: "name.first", department: "work.department" },
    status: { column: "status", active: ["active"], onLeave: ["onLeave"], ended: ["ended"] },
  };
}

const underContract: Omit<KindUnderContract, "entry"> = {
  system,
  truth: (worker) => personOf(worker, ["employeeNumber", "givenName", "department", "status"]),
  department: "department",
  exempt: {
    records: "without a link an endpoint of one worker gives all rows at once",
    expiredCursor: "the system has no cursors",
    repeatedNext: "the client counts, there is no next link",
  },
};

describePeopleSourceContract("json by offset", { ...underContract, entry: (address) => entry(address, offset) });
describePeopleSourceContract("json by page", { ...underContract, entry: (address) => entry(address, page) });

describe("a JSON source that counts", () => {
  let rig: HrRig | undefined;
  afterEach(() => rig?.server.close());

  async function start(paging: unknown, more: Readonly<Record<string, unknown>> = {}, stamped = false): Promise<HrRig> {
    rig = await startHrRig(system, (address) => entry(address, paging, more), {
      workers: inventWorkers(7),
      wrap: ({ httpAsk }) => ({
        // Something in each row that is new with each answer, such as an address that is good for a minute.
        httpAsk: async (request, stop) => {
          const answer = await httpAsk(request, stop);
          const stamp = `{"photo":"/photo?signature=${rig?.server.requests.length}",`;
          return stamped ? { ...answer, text: answer.text.replaceAll('{"number":', `${stamp}"number":`) } : answer;
        },
      }),
    });
    return rig;
  }

  it.each([
    ["asks each page from the last row of the one before", offset, ["skip=0", "skip=2", "skip=4"]],
    [
      "asks for numbered pages twice, since they cannot overlap",
      page,
      ["page=1", "page=2", "page=3", "page=1", "page=2", "page=3"],
    ],
    [
      "follows links that count twice",
      { kind: "nextLink", path: "links.next" },
      ["", "skip=3", "skip=6", "", "skip=3", "skip=6"],
    ],
  ])("%s", async (_, paging, queries) => {
    const { source, server } = await start(paging);
    const read = await source.read(signal);

    expect(read).toMatchObject({ completeness: "complete", evidence: { rows: 7, pages: 3 } });
    expect(server.requests.map(({ url }) => url.split("?")[1] ?? "")).toEqual(queries);
  });

  it.each([
    ["offset", offset],
    ["page", page],
  ])("knows a row again by its own id, whatever else of it is new: %s", async (_, paging) => {
    const known = await (await start(paging, { id: "number" }, true)).source.read(signal);
    await rig?.server.close();
    const unknown = await (await start(paging, {}, true)).source.read(signal);

    expect(known).toMatchObject({ completeness: "complete", evidence: { rows: 7, incompleteBecause: [] } });
    expect(unknown.completeness).toBe("incomplete");
    expect(unknown.evidence.incompleteBecause.join()).toContain("list shifted while it was read");
  });
});
