import { afterEach, describe, expect, it } from "vitest";
import type { HrFaultRule } from "../../../dev/hr/hr-faults.ts";
import { type HrServer, type HrServerOptions, startHrServer } from "../../../dev/hr/hr-server.ts";
import { hrSystems } from "../../../dev/hr/systems.ts";
import { inventWorkers } from "../../../dev/hr/workers.ts";

let server: HrServer | undefined;
afterEach(async () => {
  await server?.close();
  server = undefined;
});

async function start(options: HrServerOptions = {}, system = "json"): Promise<HrServer> {
  const create = hrSystems[system];
  if (create === undefined) throw new Error(`There is no system ${system}`);
  server = await startHrServer(create(), { workers: 5, pageSize: 2, ...options });
  return server;
}

async function ask(path = "/people", init: RequestInit = {}) {
  const headers = { authorization: "Bearer hr-secret" };
  return fetch(`${server?.address}${path}`, { headers, ...init });
}

async function numbers(path?: string): Promise<readonly unknown[]> {
  const { data } = (await (await ask(path)).json()) as { data: readonly { number: unknown }[] };
  return data.map(({ number }) => number);
}

describe("inventWorkers()", () => {
  it("invents the same company for the same seed, and the first ones of a larger one", () => {
    expect(inventWorkers(5, 3)).toEqual(inventWorkers(5, 3));
    expect(inventWorkers(9, 3).slice(0, 5)).toEqual(inventWorkers(5, 3));
    expect(inventWorkers(5, 4)).not.toEqual(inventWorkers(5, 3));
  });
});

describe("a simulated HR system", () => {
  it.each([
    ["csv", "/people.csv"],
    ["json", "/people"],
    ["scim", "/scim/v2/Users"],
    ["graph", "/v1.0/users"],
    ["successfactors", "/odata/v2/PerPerson"],
    ["workday", "/ccx/service/customreport2/contoso/isu_rollcall/Rollcall_Workers"],
  ])("answers nobody without the secret: %s", async (system, path) => {
    await start({ secret: "other" }, system);

    expect((await ask(path)).status).toBe(401);
  });

  it("takes the secret as a password too", async () => {
    await start();
    const as = (pair: string) => ({ headers: { authorization: `Basic ${btoa(pair)}` } });
    const [right, wrong] = [await ask("/people", as("reader:hr-secret")), await ask("/people", as("reader:other"))];

    expect([right.status, wrong.status]).toEqual([200, 401]);
  });

  it("pages, and remembers what it was asked without headers", async () => {
    await start();

    expect(await numbers()).toEqual(["10001", "10002"]);
    expect(await numbers("/people?skip=4")).toEqual(["10005"]);
    expect(server?.requests).toEqual([
      { method: "GET", url: "/people", status: 200 },
      { method: "GET", url: "/people?skip=4", status: 200 },
    ]);
  });

  it.each<[string, HrFaultRule["fault"], readonly unknown[]]>([
    ["a page of the list before somebody was added", "shift", ["10002", "10003"]],
    ["a page without its first row", "lose-row", ["10004"]],
    ["an error inside a success", "error-inside", []],
    ["a property that is in no row", { vanish: "number" }, [undefined, undefined]],
  ])("gives %s", async (_, fault, expected) => {
    const { addFaults } = await start();
    addFaults([{ fault }]);

    expect(await numbers("/people?skip=2")).toEqual(expected);
  });

  it("lets one worker go and another one come before a page: all others move up, and the total stays", async () => {
    const { addFaults } = await start();
    addFaults([{ after: 1, times: 1, fault: "slide" }]);
    const pages = [await numbers(), await numbers("/people?skip=2"), await numbers("/people?skip=4")];

    expect(pages).toEqual([["10001", "10002"], ["10004", "10005"], ["90001"]]);
    expect(await (await ask()).json()).toMatchObject({ meta: { total: 5 } });
  });

  it("gives a link to the same page again", async () => {
    const { addFaults } = await start();
    addFaults([{ fault: "repeat-next" }]);

    expect(await (await ask("/people?skip=2")).json()).toMatchObject({ links: { next: "/people?skip=2" } });
  });

  it("breaks off in the middle of an answer, or before it", async () => {
    const { addFaults } = await start();
    addFaults([
      { times: 1, fault: "truncate" },
      { after: 1, fault: "close" },
    ]);

    await expect(ask().then((answer) => answer.text())).rejects.toThrow();
    await expect(ask()).rejects.toThrow();
  });

  it("asks to wait in both forms, for as many pages as the rule says", async () => {
    const { addFaults } = await start({ now: () => Date.UTC(2026, 0, 1) });
    addFaults([
      { times: 1, fault: { status: 429, retryAfter: 3 } },
      { after: 1, times: 1, fault: { status: 429, retryAfter: { dateIn: 60 } } },
    ]);
    const waits = [await ask(), await ask(), await ask()].map(({ headers }) => headers.get("retry-after"));

    expect(waits).toEqual(["3", "Thu, 01 Jan 2026 00:01:00 GMT", null]);
  });

  it("takes faults and changed workers over HTTP, and shows what it was asked", async () => {
    await start();
    const change = { employeeNumber: "10001", department: "Moved" };
    await ask("/_sim/workers", { method: "PATCH", body: JSON.stringify(change) });
    await ask("/_sim/faults", { method: "POST", body: JSON.stringify([{ fault: { status: 503 } }]) });
    const [broken] = [await ask()];
    await ask("/_sim/faults", { method: "DELETE" });
    const { data } = (await (await ask()).json()) as { data: unknown };

    expect(broken.status).toBe(503);
    expect(data).toMatchObject([{ work: { department: "Moved" } }, {}]);
    expect(await (await ask("/_sim/requests")).json()).toMatchObject({ requests: [{ status: 503 }, { status: 200 }] });
    expect((await ask("/_sim/nothing")).status).toBe(404);
  });
});
