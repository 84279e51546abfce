import { afterEach, describe, expect, it } from "vitest";
import { createScimSystem, type ScimOptions } from "../../dev/hr/scim-system.ts";
import { type HrWorker, inventWorkers } from "../../dev/hr/workers.ts";
import { AppError } from "../../shared/core/errors.ts";
import type { ChangesMark, PeopleRead } from "../../shared/core/person.ts";
import { createNodeFetchTransport } from "../../shared/http/node-fetch-transport.ts";
import { createSourceDeps } from "../../shared/people/create-source-deps.ts";
import { createSource } from "../../shared/people/kinds.ts";
import type { HttpAnswer, HttpAsk } from "../../shared/people/source-deps.ts";
import type { SourceEntry } from "../../shared/people/source-kind.ts";
import { type HrRig, type RigOptions, staff, startHrRig } from "../contract/hr-rig.ts";
import { startScimmyServer } from "../helpers/scimmy-server.ts";
import { createFixedClock } from "../http/fixed-clock.ts";
import { createRecordingLog } from "../http/recording-log.ts";
import { sourceDeps, sourceEntry, workersOf } from "./source-kit.ts";

const enterprise = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
const key = `${enterprise}:employeeNumber`;
const manager = `${enterprise}:manager.value`;
const authentication = { kind: "bearer", secret: "scim-token" };
const { signal } = new AbortController();
const hour = 3_600_000;

let rig: HrRig | undefined;
afterEach(async () => {
  await rig?.server.close();
  rig = undefined;
});

type Given = {
  readonly entry?: Partial<SourceEntry>;
  readonly service?: ScimOptions;
  readonly rig?: RigOptions;
};

/** A source that was read whole, a quarter of an hour ago. */
async function start({ entry = {}, service, rig: options }: Given = {}) {
  const settings = (address: string) => ({ url: `${address}/scim/v2`, authentication, ...entry.settings });
  const from = (address: string) => ({ kind: "scim", ...entry, settings: settings(address) });
  rig = await startHrRig(createScimSystem(service), from, options);
  const { source, server, clock } = rig;
  const whole = await source.read(signal);
  const asked = server.requests.length;
  clock.advance(hour / 4);
  return {
    ...rig,
    whole,
    changes: () => source.readChanges?.(markOf(whole), signal),
    /** What was asked for since the whole read. */
    requests: () => server.requests.slice(asked).map(({ url }) => new URL(url, server.address).searchParams),
    filters: () => server.requests.map(({ url }) => new URL(url, server.address).searchParams.get("filter")),
  };
}

/** Nothing is there where nothing was marked: a test that goes on from it fails. */
function markOf({ changesFrom }: PeopleRead): ChangesMark {
  return changesFrom ?? { token: "nothing was marked", at: 0 };
}

function moved(...indexes: readonly number[]): readonly HrWorker[] {
  return staff.map((worker, index) => (indexes.includes(index) ? { ...worker, department: "Moved" } : worker));
}

const everybody = staff.map(({ employeeNumber }) => employeeNumber);
const movedAll = () => moved(...staff.keys());

/** The service with its requests or its answers changed. */
function altered(
  { filter = (text) => text, answer = (given) => given }: Partial<Alterations>,
  isAltered: (url: URL) => boolean = () => true,
): RigOptions {
  return {
    wrap: ({ httpAsk }) => ({
      httpAsk: async (request, stop) => {
        const url = new URL(request.url);
        if (!isAltered(url)) return httpAsk(request, stop);
        const text = url.searchParams.get("filter");
        if (text !== null) url.searchParams.set("filter", filter(text));
        return answer(await httpAsk({ ...request, url: url.href }, stop));
      },
    }),
  };
}

type Alterations = {
  readonly filter: (text: string) => string;
  readonly answer: (answer: HttpAnswer) => HttpAnswer;
};

const isProof = (url: URL) => url.searchParams.get("count") === "1";

describe("who changed at a SCIM service", () => {
  it("is read whole, and nobody else, as often as it is asked", async () => {
    const { whole, server, changes, requests } = await start({ entry: { settings: { filter: "active eq true" } } });
    server.setWorkers([...moved(4).filter(({ employeeNumber }) => employeeNumber !== "10009"), ...newcomer]);
    const [first, second] = [await changes(), await changes()];

    expect(whole.changesFrom).toEqual({ token: "2024-05-14T11:55:00Z", at: Date.UTC(2024, 4, 14, 12) });
    expect(workersOf(first as PeopleRead)).toEqual(["10005", "10012"]);
    expect(first?.people[0]).toMatchObject({
      department: "Moved",
      familyName: staff[4]?.familyName,
      email: staff[4]?.email,
    });
    expect(first).toMatchObject({
      completeness: "incomplete",
      problems: [],
      evidence: {
        partial: "changes",
        incompleteBecause: ["Only what changed since 2024-05-14T12:00:00.000Z was asked for"],
      },
    });
    expect(second?.people).toEqual(first?.people);
    expect(requests().slice(0, 2).map(Object.fromEntries)).toEqual([
      {
        attributes: `id,${key}`,
        count: "200",
        filter: '(active eq true) and meta.lastModified gt "2024-05-14T11:55:00Z"',
        cursor: "",
      },
      {
        attributes: `id,${key},name.givenName,name.familyName,emails,${enterprise}:department,title,active`,
        count: "200",
        filter: `(active eq true) and (${key} eq "10005" or ${key} eq "10012")`,
        cursor: "",
      },
    ]);
  });

  it("is nobody where nothing changed, and then one question is enough", async () => {
    const { changes, requests } = await start();

    expect(await changes()).toMatchObject({ people: [], problems: [], evidence: { partial: "changes" } });
    expect(requests()).toHaveLength(1);
  });

  it.each<[string, Given]>([
    ["by index", { service: { cursors: false } }],
    ["by cursor where the service offers some", {}],
    ["by cursor where it has nothing else, and does not count", { service: { cursors: "only" } }],
    ["by cursor where the rules say so", { entry: { settings: { paging: "cursor" } } }],
    [
      "by cursor, from a service that does not count",
      { entry: { settings: { paging: "cursor" } }, rig: altered({ answer: withoutTotal }) },
    ],
  ])("is found on all pages, %s", async (_, given) => {
    const { whole, server, changes, requests } = await start(given);
    server.setWorkers(movedAll());
    const read = await changes();

    expect(whole.completeness).toBe("complete");
    expect(workersOf(read as PeopleRead)).toEqual(everybody);
    expect(read?.evidence.incompleteBecause).toHaveLength(1);
    const parameter = given.service?.cursors === false ? "startIndex" : "cursor";
    // Four pages of changes, then four of ten workers and one of the last; where they overlap, five, five and one.
    expect(requests()).toHaveLength(parameter === "cursor" ? 9 : 11);
    expect(requests().every((query) => query.has(parameter))).toBe(true);
  });

  it("is read with all users of the same number", async () => {
    const former = { ...(staff[2] as HrWorker), id: "former", status: "ended" as const };
    const { server, changes } = await start({ rig: { workers: [...staff, former] } });
    server.setWorkers([...staff, { ...former, title: "Former" }]);
    const read = await changes();

    expect(read?.people.map(({ worker, status }) => [worker, status])).toEqual([
      ["employee/10003", "active"],
      ["employee/10003", "ended"],
    ]);
  });

  it("has the manager's number, not the id", async () => {
    const { server, changes } = await start({ entry: { columns: { manager } } });
    server.setWorkers(moved(5));

    expect((await changes())?.people).toMatchObject([{ employeeNumber: "10006", manager: "10001" }]);
  });

  it("is not who was deleted, or fits the filter no more: that shows in the next whole read", async () => {
    const { server, changes, source } = await start({ entry: { settings: { filter: "active eq true" } } });
    server.setWorkers(staff.slice(1).map((each) => (each === staff[4] ? { ...each, status: "ended" } : each)));

    expect(await changes()).toMatchObject({ people: [], problems: [], completeness: "incomplete" });
    expect(workersOf(await source.read(signal))).not.toContain("10005");
  });

  it("says so where the number of a changed user cannot be read any more, and reads the others", async () => {
    const { server, changes } = await start();
    server.setWorkers(moved(2, 4, 6).map((each) => (each.employeeNumber === "10005" ? unnumbered(each) : each)));
    const read = await changes();

    expect(workersOf(read as PeopleRead)).toEqual(["10003", "10007"]);
    expect(read?.evidence.incompleteBecause).toContain("A changed user has no employee number that can be read");
  });

  it("is held where a mapped attribute has a value in none of those who are read", async () => {
    const { server, changes } = await start();
    server.setWorkers(staff.map((each, index) => (index === 4 ? untitled(each) : each)));
    const read = await changes();

    expect(read?.people).toMatchObject([{ employeeNumber: "10005", unreadable: ["title"] }]);
    expect(read?.problems.map(({ code, field }) => [code, field])).toEqual([["columnMissing", "title"]]);
  });
});

const newcomer = inventWorkers(12).slice(11);

function unnumbered(worker: HrWorker): HrWorker {
  return { ...worker, employeeNumber: "" };
}

function untitled({ title: _, ...worker }: HrWorker): HrWorker {
  return worker as HrWorker;
}

function withoutTotal(answer: HttpAnswer): HttpAnswer {
  return { ...answer, text: answer.text.replace(/"totalResults":\d+/, '"totalResults":0') };
}

describe("a SCIM service that may tell who changed", () => {
  it("is asked before each whole read whether it can, in addresses that every server takes", async () => {
    const filter = 'active eq true or title eq "Manager"';
    const columns = { manager, costCenter: `${enterprise}:costCenter` };
    const { server, filters, whole } = await start({ entry: { columns, settings: { filter } } });
    const nobody = `${key} eq "rollcall-nobody"`;
    const four = Array(4).fill(nobody).join(" or ");
    const any = `(${four} or ${nobody} or meta.lastModified gt "1970-01-01T00:00:00Z" or ${four})`;

    expect(filters().slice(0, 4)).toEqual([
      null,
      `(${filter}) and meta.lastModified gt "2999-01-01T00:00:00Z"`,
      `(${filter}) and ${any}`,
      `(meta.lastModified gt "2999-01-01T00:00:00Z") and ${any}`,
    ]);
    expect(server.requests.slice(1, 4).every(({ url }) => url.includes("count=1&"))).toBe(true);
    expect(Math.max(...server.requests.map(({ url }) => url.length))).toBeLessThan(2_048);
    expect(whole.changesFrom?.token).toBe("2024-05-14T11:55:00Z");
  });

  it("marks the time of its first answer: what changed while it was asked further is read again", async () => {
    const first = Date.UTC(2024, 4, 14, 12);
    let proofs = 0;
    const later: Alterations["answer"] = (answer) => {
      const date = new Date(first + proofs * 600_000).toUTCString();
      proofs += 1;
      return { ...answer, headers: (name) => (name === "date" ? date : answer.headers(name)) };
    };
    const { whole } = await start({
      entry: { settings: { filter: "active eq true" } },
      rig: altered({ answer: later }, isProof),
    });

    expect(proofs).toBe(3);
    expect(whole.changesFrom?.token).toBe("2024-05-14T11:55:00Z");
  });

  it("is asked two questions where everybody is read", async () => {
    const { filters } = await start();

    expect(filters().map((filter) => filter !== null)).toEqual([false, true, true, false, false, false, false]);
  });

  const cannot: readonly (readonly [string, Given])[] = [
    ["finds nobody, with success", { service: { lastModified: "findsNobody" } }],
    ["passes over the time", { service: { lastModified: "passedOver" } }],
    ["refuses to filter by it", { service: { lastModified: "refused" } }],
    ["has no such time", { service: { lastModified: "absent" } }],
    ["filters nothing", { rig: altered({ filter: () => "active eq true" }, isProof) }],
    ["takes only the first of several conditions", { rig: altered({ filter: onlyFirst }) }],
    ["takes only the last of several conditions", { rig: altered({ filter: onlyLast }) }],
    ["passes over brackets", filtered({ filter: (text) => text.replaceAll(/[()]/g, "") })],
    ["takes only what stands after and", filtered({ filter: (text) => text.replace(/^\([^()]*\) and /, "") })],
    ["does not say what time it is", { rig: altered({ answer: without("date") }) }],
    ["writes times in a zone of its own", { rig: altered({ answer: rewritten(/(T[\d:.]+)Z"/g, '$1-07:00"') }) }],
    ["writes no meta", { rig: altered({ answer: rewritten(/,"meta":\{[^}]*\}/g, "") }) }],
    [
      "counts users that it does not give",
      { rig: altered({ answer: rewritten(/"totalResults":0/, '"totalResults":9,"Resources":[]') }) },
    ],
    ["fails", { rig: altered({ answer: (given) => ({ ...given, status: 501 }) }, isProof) }],
    ["answers something else", { rig: altered({ answer: (given) => ({ ...given, text: "<html>" }) }, isProof) }],
    ["cannot be reached", { rig: { wrap: ({ httpAsk }) => ({ httpAsk: failing(httpAsk, "NETWORK") }) } }],
    ["does not answer in time", { rig: { wrap: ({ httpAsk }) => ({ httpAsk: failing(httpAsk, "TIMEOUT") }) } }],
  ];

  it.each(cannot)("marks nothing where it %s, and everybody is read", async (_, given) => {
    const { whole } = await start(given);

    expect(whole).toMatchObject({ completeness: "complete" });
    expect(whole.people).toHaveLength(given.entry === undefined ? 11 : 10);
    expect(whole).not.toHaveProperty("changesFrom");
  });

  it("is asked no more where the run was stopped", async () => {
    const stopped = start({ rig: { wrap: ({ httpAsk }) => ({ httpAsk: failing(httpAsk, "ABORTED") }) } });

    await expect(stopped).rejects.toMatchObject({ code: "ABORTED" });
  });

  it.each<[string, Partial<SourceEntry>]>([
    [
      "an expression gives the number",
      { map: { employeeNumber: "row.userName" }, settings: { alsoRead: ["userName"] } },
    ],
    ["the number is one of several values", { columns: { employeeNumber: 'emails[type eq "work"].value' } }],
  ])("is not asked where %s: no user can be looked for by it", async (_, entry) => {
    const { whole, source, filters } = await start({ entry });

    expect(whole.completeness).toBe("complete");
    expect(source.readChanges).toBeUndefined();
    expect(filters().every((filter) => filter === null)).toBe(true);
  });
});

/** With a filter of the source's own, which leaves one of the staff out. */
function filtered(alterations: Partial<Alterations>): Given {
  return { entry: { settings: { filter: "active eq true" } }, rig: altered(alterations) };
}

function onlyFirst(text: string): string {
  return text.replace(/ or [^()]*/, "");
}

function onlyLast(text: string): string {
  return text.replace(/\([^()]* or /, "(");
}

function without(header: string): Alterations["answer"] {
  return (answer) => ({ ...answer, headers: (name) => (name === header ? undefined : answer.headers(name)) });
}

function rewritten(pattern: RegExp, by: string): Alterations["answer"] {
  return (answer) => ({ ...answer, text: answer.text.replace(pattern, by) });
}

function failing(httpAsk: HttpAsk, code: "NETWORK" | "TIMEOUT" | "ABORTED"): HttpAsk {
  return async (request, stop) => {
    if (isProof(new URL(request.url))) throw new AppError(code, "It failed");
    return httpAsk(request, stop);
  };
}

describe("a list of changes at a SCIM service", () => {
  it("that breaks off is used as far as it came, and that is said", async () => {
    const { server, changes } = await start();
    server.setWorkers(movedAll());
    server.addFaults([{ after: 1, times: 5, fault: "close" }]);
    const read = await changes();

    expect(workersOf(read as PeopleRead)).toEqual(["10001", "10002", "10003"]);
    expect(read?.evidence.incompleteBecause).toContainEqual(expect.stringContaining("could not be read (NETWORK)"));
  });

  it("gives nothing of those of whom not all users came, and the others", async () => {
    const { server, changes } = await start();
    server.setWorkers(movedAll());
    // Five pages of changes, then those of ten workers.
    server.addFaults([{ after: 6, times: 1, fault: "lose-row" }]);
    const read = await changes();

    expect(workersOf(read as PeopleRead)).toEqual(["10011"]);
    expect(read?.evidence.incompleteBecause).toContainEqual(expect.stringContaining("Not all rows of the workers"));
  });

  it("of more than 2,000 users means that everybody is read", async () => {
    const many = inventWorkers(2_001);
    const { server, changes, requests } = await start({
      entry: { settings: { count: 1_000 } },
      rig: { workers: many, pageSize: 1_000 },
    });
    server.setWorkers(many.map((worker) => ({ ...worker, title: "Moved" })));

    expect(await changes()).toBeUndefined();
    expect(requests()).toHaveLength(3);
  });

  it("that is refused means that everybody is read", async () => {
    const { server, changes } = await start();
    server.addFaults([{ fault: { status: 400, json: { scimType: "tooMany", status: "400" } } }]);

    expect(await changes()).toBeUndefined();
  });

  it("without a total ends where its pages begin again, and everybody is read", async () => {
    const isList = (url: URL) => url.searchParams.get("filter")?.includes("gt") === true && !isProof(url);
    const { server, changes, requests } = await start({
      service: { cursors: false },
      rig: {
        wrap: ({ httpAsk }) => ({
          httpAsk: async (request, stop) => {
            const url = new URL(request.url);
            if (!isList(url)) return httpAsk(request, stop);
            url.searchParams.set("startIndex", "1");
            return withoutTotal(await httpAsk({ ...request, url: url.href }, stop));
          },
        }),
      },
    });
    server.setWorkers(movedAll());

    expect(await changes()).toBeUndefined();
    expect(requests()).toHaveLength(3);
  });

  it.each([
    [undefined, hour],
    [2, 2 * hour],
  ])("counts for an hour after a whole read, or as the rules say: %s", async (fullEveryHours, ms) => {
    const { source, whole, clock } = await start({ entry: { settings: { fullEveryHours } } });
    clock.advance(ms - hour / 4 - 1);
    const before = await source.readChanges?.(markOf(whole), signal);
    clock.advance(1);

    expect(before).toMatchObject({ evidence: { partial: "changes" } });
    expect(await source.readChanges?.(markOf(whole), signal)).toBeUndefined();
    expect(source.wholeEveryMs).toBe(ms);
  });
});

describe("who changed at a service that is not ours", () => {
  const many = inventWorkers(23);
  let server: Awaited<ReturnType<typeof startScimmyServer>> | undefined;
  afterEach(async () => {
    await server?.close();
    server = undefined;
  });

  async function open(filter?: string) {
    server = await startScimmyServer(many, "hr-secret");
    const secrets = { get: async () => "hr-secret" };
    const identity = { getToken: async () => null };
    const { expressions } = sourceDeps();
    const log = createRecordingLog();
    const transport = createNodeFetchTransport();
    const deps = createSourceDeps({ clock: createFixedClock(), log, secrets, identity, expressions, transport });
    const settings = { url: server.address, authentication, count: 10, select: "everything", filter };
    const source = createSource(sourceEntry({ kind: "scim", columns: { manager }, settings }), deps);
    return { source, service: server };
  }

  it.each([undefined, "active eq true"])("is read whole, and nobody else, with the filter %s", async (filter) => {
    const { source, service } = await open(filter);
    const whole = await source.read(signal);
    const none = await source.readChanges?.(markOf(whole), signal);
    service.change(many[4]?.id ?? "", { title: "Moved" });
    const read = await source.readChanges?.(markOf(whole), signal);

    expect(whole.people).toHaveLength(filter === undefined ? 23 : 20);
    expect(none?.people).toEqual([]);
    expect(read?.people).toMatchObject([
      { employeeNumber: "10005", title: "Moved", familyName: many[4]?.familyName, manager: "10001" },
    ]);
    expect(read?.problems).toEqual([]);
    expect(JSON.stringify(read)).not.toContain("Springfield");
  });

  it("is not asked for where the filter has brackets of its own, which it cannot read within others", async () => {
    const { source, service } = await open('active eq true and (title eq "Engineer" or title eq "Designer")');
    const whole = await source.read(signal);
    const fits = many.filter(({ title, status }) => status !== "ended" && ["Engineer", "Designer"].includes(title));

    expect(whole).toMatchObject({ completeness: "complete", evidence: { incompleteBecause: [] } });
    expect(workersOf(whole)).toEqual(fits.map(({ employeeNumber }) => employeeNumber));
    expect(whole).not.toHaveProperty("changesFrom");
    expect(service.requests.filter((url) => url.includes("lastModified"))).toHaveLength(1);
  });
});
