// Parts of the contract of HR sources that not every kind has, or that are a story of their own.
import { expect, it } from "vitest";
import { type HrWorker, inventWorkers } from "../../dev/hr/workers.ts";
import { AppError } from "../../shared/core/errors.ts";
import { reportPeople } from "../../shared/core/people-report.ts";
import type { Person } from "../../shared/core/person.ts";
import type { PersonRule } from "../../shared/core/policy.ts";
import type { SourceEntry } from "../../shared/people/source-kind.ts";
import { aCalendar, aPolicy, inDepartment } from "../helpers/core-builders.ts";
import { type EntryAt, type HrRig, pageSize, type RigOptions, type Start, staff, watchHeld } from "./hr-rig.ts";
import type { AskedForChanges, KindUnderContract } from "./people-source-contract.ts";

const { signal } = new AbortController();

function withColumns(entry: EntryAt, columns: SourceEntry["columns"] = {}): EntryAt {
  return (address) => {
    const whole = entry(address);
    return { ...whole, columns: { ...whole.columns, ...columns } };
  };
}

/** With rules about who is wanted, what stays in memory depends on those. */
export function describeScope({ entry, managersById, department }: KindUnderContract, start: Start): void {
  const many = inventWorkers(60);
  const wanted = "Payments";
  const from = withColumns(entry, managersById);
  const policy = aPolicy({
    people: { scope: inDepartment(wanted), scopeText: "payments", scopeReads: ["department"] },
  }).people;

  it("keeps whole only who is within the scope, and of the others everything that they say", async () => {
    const unscoped = await start({ workers: many }, from);
    const all = await unscoped.source.read(signal);
    await unscoped.server.close();
    const held = watchHeld();
    const scope: PersonRule = (person, today) => {
      held.show(person);
      return policy.scope(person, today);
    };
    const { source, clock } = await start({ workers: many, wrap: () => ({ people: { ...policy, scope } }) }, from);
    const read = await source.read(signal);
    await held.look();

    const today = new Date(clock.now()).toISOString().slice(0, 10);
    const begins = ({ startDate = "" }: Person) => startDate > today;
    const kept = all.people.filter(
      (person) => person.status !== "ended" && (person.department === wanted || begins(person)),
    );
    expect(read.people).toEqual(kept);
    // Whoever has not begun is kept without a question.
    const within = kept.filter((person) => !begins(person)).length;
    expect(held.seen()).toBeGreaterThan(2 * within);
    expect(held.most()).toBeLessThanOrEqual(within);
    expect(read).toMatchObject({ completeness: "complete", evidence: { rows: many.length, people: many.length } });
    const others = all.people.filter((person) => !kept.includes(person));
    expect([...(read.leftOut?.all() ?? [])]).toEqual(others);
    const [first] = others;
    expect(read.leftOut?.find({ workers: new Set([first?.worker ?? ""]) })).toEqual([first]);
  });

  it("leaves nobody out by what cannot be read", async () => {
    const { source, server } = await start({ workers: many, wrap: () => ({ people: policy }) });
    server.addFaults([{ fault: { vanish: department } }]);
    const read = await source.read(signal);

    expect(read.people.map(({ line }) => line)).toEqual(many.map((_, index) => index + (read.people[0]?.line ?? 0)));
    expect(read.people.every(({ unreadable }) => unreadable.includes("department"))).toBe(true);
    expect(read.leftOut?.size() ?? 0).toBe(0);
  });
}

/** Before a page somebody goes who was read, and somebody is added at the end: the total stays, no item comes twice, and
 * whoever stood at the top of that page slides onto the one before. */
export function describeSlide({ oneAnswer = false, keepsPlace }: KindUnderContract, start: Start): void {
  if (oneAnswer) return;
  const stayed = staff.slice(1).map(({ employeeNumber }) => employeeNumber);
  const slide = async (after: number) => {
    const { source, server } = await start();
    server.addFaults([{ fault: "slide", after, times: 1 }]);
    const read = await source.read(signal);
    const found = new Set(read.people.map(({ employeeNumber }) => employeeNumber));
    return { read, missing: stayed.filter((number) => !found.has(number)) };
  };

  it.each([1, 2, 3])(
    "takes nobody for absent who slid unseen from one page to another: after page %i",
    async (after) => {
      const { read, missing } = await slide(after);

      if (keepsPlace !== undefined) return expect(missing).toEqual([]);
      expect(read.completeness).toBe("incomplete");
      expect(read.evidence.incompleteBecause.join("\n")).toMatch(/list shifted while it was read/);
    },
  );
}

/** Nobody with a last day is an ordinary day; no right to read it looks like that where a system leaves out what is empty. */
export function describeLastDay({ entry, lastDay, exempt = {} }: KindUnderContract, start: Start): void {
  if (lastDay === undefined) return;
  const from = withColumns(entry, lastDay.columns);
  const leaving = staff.map((worker): HrWorker => ({ ...worker, status: "active", endDate: "2024-01-31" }));

  it("is complete where nobody has a last day", async () => {
    const { source } = await start({ workers: leaving.map(({ endDate: _, ...worker }) => worker) }, from);

    expect(await source.read(signal)).toMatchObject({ completeness: "complete", problems: [] });
  });

  it("is incomplete, and holds everybody, when the right to the last day was taken away", async () => {
    if (exempt.endDate !== undefined) return;
    const { source, server } = await start({ workers: leaving }, from);
    server.addFaults([{ fault: { vanish: lastDay.property } }]);
    const read = await source.read(signal);

    expect(read.completeness).toBe("incomplete");
    expect(read.people).toHaveLength(staff.length);
    expect(read.people.every(({ unreadable }) => unreadable.includes("endDate"))).toBe(true);
  });
}

/** Everybody's manager, whom a kind's `filter` leaves out. */
const outside: HrWorker = { ...(staff[0] as HrWorker), status: "ended", endDate: "2024-01-31", department: "Outside" };
const led = [outside, ...staff.slice(1).map((worker): HrWorker => ({ ...worker, department: "Payments" }))];

/** What a read of some says of somebody is what a read of everybody says, or that it cannot be read. */
export function describeParts({ entry, manager, filter, exempt = {} }: KindUnderContract, start: Start): void {
  const columns = manager === undefined ? {} : { manager };
  const cases = [
    ["everybody is read", {}] as const,
    ...(filter ? [["a filter leaves some out", filter] as const] : []),
  ];

  it.each(cases)("says the same of one worker, and of who changed, as of everybody, where %s", async (_, settings) => {
    if (exempt.worker !== undefined) return;
    const from: EntryAt = (address) => {
      const whole = withColumns(entry, columns)(address);
      return { ...whole, settings: { ...whole.settings, ...settings } };
    };
    const { source, server, clock } = await start({ workers: led }, from);
    const whole = await source.read(signal);
    const alone = [];
    for (const { employeeNumber } of led) alone.push(await source.readWorker?.(employeeNumber, signal));

    expect(whole.completeness).toBe("complete");
    expect(whole.people.length < led.length).toBe(settings === filter);
    expect(whole.people.some(({ managerNotFound, ...person }) => person.manager ?? managerNotFound)).toBe(
      manager !== undefined,
    );
    expectSame(
      whole.people,
      alone.flatMap((read) => read?.people ?? []),
    );

    if (source.readChanges === undefined) return;
    clock.advance(900_000);
    server.setWorkers(led.map((worker) => ({ ...worker, title: "Moved" })));
    const changes = await source.readChanges(whole.changesFrom ?? { token: "nothing was marked", at: 0 }, signal);
    expectSame((await source.read(signal)).people, changes?.people ?? []);
  });
}

/** Whoever is among few may be the only one who could have a field that the system leaves out where it is empty. */
function expectSame(all: readonly Person[], some: readonly Person[]): void {
  expect(some.map(({ employeeNumber }) => employeeNumber)).toEqual(all.map(({ employeeNumber }) => employeeNumber));
  for (const [index, { line: _line, unreadable, ...person }] of some.entries()) {
    const { line: _other, unreadable: _fields, ...same } = all[index] as Person;
    const { managerNotFound } = same;
    const hasManager = managerNotFound !== undefined || same.manager !== undefined;
    expect(unreadable.filter((field) => (field === "manager" ? hasManager : same[field] !== undefined))).toEqual([]);
    expect(person).toEqual(same);
  }
}

/** A system's id of a manager is no number of a worker. */
export function describeManagers(
  { entry, oneAnswer = false }: KindUnderContract,
  columns: SourceEntry["columns"],
  start: Start,
): void {
  const [first, ...others] = staff as [HrWorker, ...HrWorker[]];
  const from = withColumns(entry, columns);

  it("names whose manager is in no record in the report for HR, by worker alone", async () => {
    const { source } = await start({ workers: others }, from);
    const read = await source.read(signal);

    expect(read.completeness).toBe("complete");
    expect(read.people.filter(({ manager }) => manager !== undefined)).toEqual([]);
    const policy = aPolicy({ people: { employments: "activeWins" } });
    const { problems } = reportPeople([{ read, spaces: "any" }], { policy, calendar: aCalendar(), listed: 0 });
    const missing = problems.filter(({ code }) => code === "managerMissing");
    const present = read.people.filter(({ status }) => status !== "ended");
    expect(missing.map(({ worker }) => worker).sort()).toEqual(present.map(({ worker }) => worker).sort());
    expect(new Set(missing.map(({ field, text }) => `${field}: ${text}`))).toEqual(
      new Set(["manager: The manager is in no row"]),
    );
  });

  it("holds whose manager may be where nothing was read", async () => {
    if (oneAnswer) return;
    const { source, server } = await start({ workers: [...others, first] }, from);
    server.addFaults([{ after: 1, fault: { status: 500 } }]);
    const read = await source.read(signal);

    expect(read.completeness).toBe("incomplete");
    expect(read.people).toHaveLength(pageSize);
    expect(read.people.map(({ unreadable }) => unreadable)).toEqual(read.people.map(() => ["manager"]));
  });

  it("leaves nobody out under a scope that reads the manager before the number is known", async () => {
    const scope: PersonRule = (person) => ({ ok: true, value: person.manager === undefined });
    const people = aPolicy({ people: { scope, scopeText: "leads", scopeReads: ["manager"] } }).people;
    const read = await (await start({ wrap: () => ({ people }) }, from)).source.read(signal);

    expect(read.people).toHaveLength(staff.length);
  });
}

/** A token may end while the pages are read, and where one answer holds everybody between two reads. */
export function describeTokens(
  { system, oneAnswer = false, entry }: KindUnderContract,
  tokens: NonNullable<KindUnderContract["tokens"]>,
  start: Start,
): void {
  async function begin(afterPage: (made: HrRig) => void) {
    const { entry: from = entry, secret = "hr-secret", path } = tokens;
    let pages = 0;
    let made: HrRig | undefined;
    const isPage = (url: string, method = "GET", body = "") =>
      system.isPage({ method, url: new URL(url), headers: {}, body });
    const wrap: RigOptions["wrap"] = ({ httpAsk }) => ({
      httpAsk: async (request, own) => {
        const answer = await httpAsk(request, own);
        if (!isPage(request.url, request.method, request.body)) return answer;
        pages += 1;
        if (made !== undefined && pages === 1) afterPage(made);
        return answer;
      },
      // The secret stays as it is: only tokens end here.
      secrets: { get: async () => secret },
    });
    made = await start({ wrap, secret }, from);
    const { server, source } = made;
    return {
      ...made,
      made: () => server.requests.filter(({ url }) => url.split("?")[0] === path).length,
      async readWhole() {
        pages = 0;
        const read = await source.read(signal);
        expect(read.evidence.incompleteBecause).toEqual([]);
        expect(read.people).toHaveLength(staff.length);
      },
    };
  }

  it("makes one token for all pages and for the next read", async () => {
    const rig = await begin(() => undefined);
    await rig.readWhole();
    await rig.readWhole();

    expect(rig.made()).toBe(1);
  });

  it("makes another token, and goes on, when the system ends the one it has", async () => {
    const rig = await begin(() => system.endTokens?.());
    await rig.readWhole();
    if (oneAnswer) await rig.readWhole();

    expect(rig.made()).toBe(2);
    expect(rig.server.requests.filter(({ status }) => status === 401).length).toBeGreaterThan(0);
  });

  it("makes another token before the one it has ends", async () => {
    const rig = await begin(({ clock }) => clock.advance(2_000));
    await rig.readWhole();
    rig.clock.advance((tokens.lifeSeconds - Math.min(300, tokens.lifeSeconds / 4)) * 1_000 - 3_000);
    await rig.readWhole();
    if (oneAnswer) await rig.readWhole();

    expect(rig.made()).toBe(2);
    expect(rig.server.requests.filter(({ status }) => status === 401)).toEqual([]);
  });
}

/** What a system refuses of changes it may refuse for long: until the next whole read nobody would be looked at. */
export function describeRefusedChanges(changes: readonly AskedForChanges[], start: Start): void {
  /** After a whole read everybody changed. `statusOf` may refuse a page of one of the requests, counted from 1. */
  async function readChanged(isAsked: AskedForChanges["isAsked"], statusOf: (page: number) => number | undefined) {
    let pages = 0;
    let isArmed = false;
    const { source, server, clock } = await start({
      wrap: ({ httpAsk }) => ({
        httpAsk: async (request, own) => {
          if (!isArmed || !isAsked(new URL(request.url))) return httpAsk(request, own);
          pages += 1;
          const status = statusOf(pages);
          return status === undefined ? httpAsk(request, own) : { status, headers: () => undefined, text: "{}" };
        },
      }),
    });
    const { changesFrom = { token: "nothing was marked", at: 0 } } = await source.read(signal);
    server.setWorkers(staff.map((worker) => ({ ...worker, department: "Moved" })));
    clock.advance(900_000);
    isArmed = true;
    const read = await source.readChanges?.(changesFrom, signal);
    return { read, pages };
  }

  it.each(changes)("reads who changed: $what", async ({ isAsked, pages: expected }) => {
    const { read, pages } = await readChanged(isAsked, () => undefined);

    expect(read?.people.map(({ department }) => department)).toEqual(staff.map(() => "Moved"));
    expect(pages).toBe(expected);
  });

  const refused = changes.flatMap((one) => [400, 403, 404, 410, 414, 500, 501].map((status) => ({ ...one, status })));

  it.each(refused)("wants everybody read where the system refuses $what with $status", async ({ isAsked, status }) => {
    expect(await readChanged(isAsked, () => status)).toEqual({ read: undefined, pages: 1 });
  });

  it.each(changes.filter(({ pages }) => pages > 1))(
    "wants everybody read where the system refuses a later page of $what",
    async ({ isAsked }) => {
      const statusOf = (page: number) => (page === 2 ? 400 : undefined);

      expect(await readChanged(isAsked, statusOf)).toEqual({ read: undefined, pages: 2 });
    },
  );

  it.each(changes)("fails where the system cannot be reached for $what, nor could be for everybody", async (one) => {
    const unreached = () => {
      throw new AppError("NETWORK", "Nobody answers");
    };

    await expect(readChanged(one.isAsked, unreached)).rejects.toMatchObject({ code: "SOURCE_UNAVAILABLE" });
  });
}
