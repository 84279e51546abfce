// What every kind of HR source does, over a simulated system of that kind and the real HTTP chain: time and secrets are
// the test's. A kind says what its system cannot do and why; everything else has to hold.
import { afterEach, describe, expect, it } from "vitest";
import type { HrSystem } from "../../dev/hr/hr-system.ts";
import { type HrWorker, inventWorkers } from "../../dev/hr/workers.ts";
import type { PeopleRead, Person } from "../../shared/core/person.ts";
import type { SourceEntry } from "../../shared/people/source-kind.ts";
import { type EntryAt, type HrRig, pageSize, type Start, staff, startHrRig, watchHeld } from "./hr-rig.ts";
import {
  describeLastDay,
  describeManagers,
  describeParts,
  describeRefusedChanges,
  describeScope,
  describeSlide,
  describeTokens,
} from "./people-source-cases.ts";

const { signal } = new AbortController();

/** What a contract can break in a system, and what the evidence says then. */
const ways = {
  truncated: { fault: "truncate", says: /could not be read \(NETWORK\)|bytes were read|cut off/ },
  refused: { fault: { status: 500 }, says: /answers 500/ },
  noContent: { fault: { status: 204 }, says: /has no content|rows were read, the source says/ },
  repeatedNext: { fault: "repeat-next", says: /leads to a page that was read already/ },
  shifted: { fault: "shift", says: /list shifted while it was read/ },
  lostRow: { fault: "lose-row", says: /rows were read, the source says|list shifted while it was read/ },
  errorInside: { fault: "error-inside", says: /carries an error|has no list|cannot be cut into names/ },
  expiredCursor: { fault: "expired", says: /cursor has expired/ },
} as const;

type Way = keyof typeof ways;

export type KindUnderContract = {
  readonly system: HrSystem;
  /** The entry of the rules for a system at that address; its secret is `hr-secret`. */
  readonly entry: EntryAt;
  /** What the kind gives of a worker, as the reader should have it. */
  readonly truth: (worker: HrWorker) => Partial<Person>;
  /** The property that the department is read from, for taking it away. */
  readonly department: string;
  /** The property that the last day is read from, and columns that map it where the kind does not. Absent: the system has
   * none. */
  readonly lastDay?: { readonly property: string; readonly columns?: SourceEntry["columns"] };
  /** True when one answer holds everybody. */
  readonly oneAnswer?: boolean;
  /** Why nobody can slide unseen from one page to another. Absent: then it has to be noticed. */
  readonly keepsPlace?: string;
  /** True when the rows of one worker are parts of one record. */
  readonly onePerson?: boolean;
  /** True when the answer is read as a stream, piece by piece. */
  readonly stream?: boolean;
  /** The column that the manager is read from where workers are known by the number that `entry` maps. */
  readonly manager?: string;
  /** Settings under which the source reads a part of the workers, for kinds that have such: not `outside`. */
  readonly filter?: SourceEntry["settings"];
  /** For kinds whose system names managers by ids of its own: columns under which workers are known by another number. */
  readonly managersById?: SourceEntry["columns"];
  /** For kinds that read who changed: what is asked for then, and on how many pages it comes when all of the staff
   * changed. */
  readonly changes?: readonly AskedForChanges[];
  /** For kinds that get tokens from the system. `lifeSeconds` is how long a new one is taken for good. */
  readonly tokens?: {
    readonly path: string;
    readonly lifeSeconds: number;
    /** Where tokens are not what `entry` has: the entry with them, and its secret. */
    readonly entry?: EntryAt;
    readonly secret?: string;
  };
  /** What the system cannot do, and why. */
  readonly exempt?: { readonly [W in Way | "worker" | "records" | "endDate" | "secret"]?: string };
};

export type AskedForChanges = {
  readonly what: string;
  readonly isAsked: (url: URL) => boolean;
  readonly pages: number;
};

/** Runs the contract for one kind. */
export function describePeopleSourceContract(name: string, kind: KindUnderContract): void {
  const { system, entry, truth, exempt = {}, oneAnswer = false, stream = false } = kind;

  describe(`PeopleSource contract: ${name}`, () => {
    let rig: HrRig | undefined;
    afterEach(async () => {
      await rig?.server.close();
      rig = undefined;
    });

    const start: Start = async (options = {}, from = entry) => {
      rig = await startHrRig(system, from, options);
      return rig;
    };

    it("is complete with every worker, each with what is mapped", async () => {
      const { source } = await start();
      const read = await source.read(signal);

      expect(read.evidence.incompleteBecause).toEqual([]);
      expect(read.completeness).toBe("complete");
      expect(read.problems).toEqual([]);
      expect(read.people.map(factsOf)).toEqual(staff.map((worker) => factsOf(truth(worker))));
    });

    it("is empty when the system answers properly with nobody", async () => {
      const { source } = await start({ workers: [] });

      expect(await source.read(signal)).toMatchObject({ completeness: "empty", people: [] });
    });

    it("reports rows that cannot be read, and loses none", async () => {
      const workers = staff.map((worker, index) =>
        index === 4
          ? { ...worker, department: "x".repeat(2_000) }
          : index === 6
            ? { ...worker, employeeNumber: "" }
            : worker,
      );
      const { source } = await start({ workers });
      const read = await source.read(signal);

      expect(read.problems.map(({ code, worker }) => [code, worker])).toEqual([
        ["tooLong", `employee/${staff[4]?.employeeNumber}`],
        ["keyMissing", undefined],
      ]);
      expect(read.people).toHaveLength(staff.length - 1);
      expect(read.people[4]?.unreadable).toEqual(["department"]);
      expect(read.completeness).toBe("incomplete");
    });

    it("is incomplete, and holds the field, when a mapped column has vanished", async () => {
      const { source, server } = await start();
      server.addFaults([{ fault: { vanish: kind.department } }]);
      const read = await source.read(signal);

      expect(read.completeness).toBe("incomplete");
      expect(read.evidence.incompleteBecause.join()).toContain(kind.department);
      expect(read.people.every(({ unreadable }) => unreadable.includes("department"))).toBe(true);
    });

    describeLastDay(kind, start);

    for (const [way, { fault, says }] of Object.entries(ways)) {
      if (Object.hasOwn(exempt, way)) continue;
      it(`is never complete when broken: ${way}`, async () => {
        const { source, server } = await start();
        server.addFaults([{ fault, after: oneAnswer ? 0 : 1 }]);
        const read = await source.read(signal).catch((error: unknown) => error);

        // Without any answer there is nothing to be incomplete.
        if (oneAnswer && read instanceof Error) {
          expect(read).toMatchObject({ code: "SOURCE_UNAVAILABLE" });
          return;
        }
        expect(read).toMatchObject({ completeness: "incomplete" });
        const { evidence, people } = read as PeopleRead;
        expect(evidence.incompleteBecause.join("\n")).toMatch(says);
        if (!oneAnswer) expect(people.length).toBeGreaterThanOrEqual(pageSize);
      });
    }

    it("throws SOURCE_UNAVAILABLE, and says no secret, when the system refuses the first request", async () => {
      const { source, server } = await start();
      server.setSecret("another one");
      const error = await source.read(signal).catch((thrown: unknown) => thrown);

      expect(["SOURCE_UNAVAILABLE", "SECRET_UNAVAILABLE"]).toContain((error as { code?: unknown }).code);
      expect(String(error)).not.toContain("hr-secret");
    });

    it("asks again after a 503 in the middle and after a 429, for as long as the system says", async () => {
      const { source, server, clock } = await start();
      const after = oneAnswer ? 0 : 1;
      server.addFaults([
        { after, times: 1, fault: { status: 503 } },
        { after: after + 1, times: 1, fault: { status: 429, retryAfter: 7 } },
        { after: after + 2, times: 1, fault: { status: 429, retryAfter: { dateIn: 9 } } },
      ]);
      const read = await source.read(signal);

      expect(read.evidence.incompleteBecause).toEqual([]);
      expect(read.people).toHaveLength(staff.length);
      const [, seconds, date = 0] = clock.waits;
      expect(seconds).toBe(7_000);
      // A date has no fractions of a second.
      expect(date).toBeGreaterThan(8_000);
      expect(date).toBeLessThanOrEqual(9_000);
    });

    it("reads a secret afresh once when it was refused", async () => {
      if (exempt.secret !== undefined) return;
      const { source, server } = await start();
      server.setSecret("rotated");

      expect((await source.read(signal)).completeness).toBe("complete");
    });

    describeSlide(kind, start);
    describeScope(kind, start);
    describeParts(kind, start);
    if (kind.managersById !== undefined) describeManagers(kind, kind.managersById, start);
    if (kind.tokens !== undefined) describeTokens(kind, kind.tokens, start);
    if (kind.changes !== undefined) describeRefusedChanges(kind.changes, start);

    it("stops with ABORTED, and asks for nothing more", async () => {
      const stop = new AbortController();
      const { source, server } = await start({
        wrap: ({ httpAsk, httpOpen }, { requests }) => ({
          httpAsk: (request, own) => {
            if (requests.length > 0 || oneAnswer) stop.abort();
            return httpAsk(request, own);
          },
          httpOpen: (request, own) => {
            stop.abort();
            return httpOpen(request, own);
          },
        }),
      });

      await expect(source.read(stop.signal)).rejects.toMatchObject({ code: "ABORTED" });
      expect(server.requests.length).toBeLessThanOrEqual(1);
      await expect(source.read(stop.signal)).rejects.toMatchObject({ code: "ABORTED" });
    });

    it("gives no field beyond the mapped ones: no birth date, pay or home address, not in a log or a problem either", async () => {
      const workers = staff.map((worker, index) =>
        index === 2 ? { ...worker, department: "x".repeat(2_000) } : worker,
      );
      const { source, server, log } = await start({ workers });
      server.addFaults([{ after: oneAnswer ? 0 : 1, times: 1, fault: { status: 503 } }]);
      const read = await source.read(signal).catch(() => undefined);

      const known = [
        ...Object.keys(truth(staff[0] as HrWorker)),
        "worker",
        "numberSpace",
        "source",
        "line",
        "unreadable",
      ];
      const said = (read?.people ?? []).flatMap((person) => Object.entries(person));
      const fields = new Set(said.filter(([, value]) => value !== undefined).map(([field]) => field));
      expect(
        [...fields].filter((field) => !known.includes(field) && field !== "endDate" && field !== "manager"),
      ).toEqual([]);
      const shown = JSON.stringify([read, log.lines, server.requests.map(({ url }) => url)]);
      const secrets = staff.flatMap(({ birthDate, salary, homeAddress }) => [birthDate, String(salary), homeAddress]);
      expect(secrets.filter((secret) => shown.includes(secret))).toEqual([]);
      expect(shown).not.toContain("hr-secret");
    });

    it("holds at most two pages in memory", async () => {
      if (stream) return expect(await mostChunksHeld(start)).toBeLessThanOrEqual(2);
      if (oneAnswer) return;
      const pages = watchDocuments();
      try {
        const { source } = await start({
          workers: inventWorkers(30),
          wrap: ({ httpAsk }) => ({
            httpAsk: async (request, own) => {
              await pages.look();
              return httpAsk(request, own);
            },
          }),
        });
        const read = await source.read(signal);

        expect(read.people).toHaveLength(30);
        expect(pages.seen()).toBeGreaterThanOrEqual(10);
        expect(pages.most()).toBeLessThanOrEqual(2);
      } finally {
        pages.end();
      }
    });

    it("reads one worker, which proves nothing about the others", async () => {
      if (exempt.worker !== undefined) {
        expect((await start()).source.readWorker).toBeUndefined();
        return;
      }
      const { source } = await start();
      const [, , , worker] = staff as [HrWorker, HrWorker, HrWorker, HrWorker];
      const found = await source.readWorker?.(worker.employeeNumber, signal);
      const none = await source.readWorker?.('1" or "1" eq "1', signal);

      expect(found?.people.map(factsOf)).toEqual([factsOf(truth(worker))]);
      expect(found?.completeness).toBe("incomplete");
      expect(none).toMatchObject({ people: [], completeness: "incomplete" });
    });

    it("gives all rows of the one worker, on however many pages", async () => {
      if (exempt.worker !== undefined || exempt.records !== undefined) return;
      const { source } = await start({ workers: [...staff, another], pageSize: 1 });
      const read = await source.readWorker?.(another.employeeNumber, signal);

      expect(read?.people.map(({ status }) => status)).toEqual(["active", "ended"]);
    });

    it("takes nothing from some rows of the one worker when the others did not come", async () => {
      if (exempt.worker !== undefined || exempt.records !== undefined || oneAnswer || kind.onePerson === true) return;
      const { source, server } = await start({ workers: [another, ...staff], pageSize: 1 });
      server.addFaults([{ after: 1, fault: { status: 400 } }]);
      const read = await source.readWorker?.(another.employeeNumber, signal);

      expect(read).toMatchObject({ completeness: "incomplete", people: [], problems: [] });
      expect(read?.evidence.incompleteBecause).toContainEqual(expect.stringContaining("Not all rows"));
    });
  });
}

/** A second record of a worker who is at work, which says that the worker has left. */
const another: HrWorker = {
  ...(staff[3] as HrWorker),
  id: "another-record",
  entraObjectId: "99999999-0000-4000-8000-000000000001",
  email: "former@contoso.com",
  status: "ended",
  endDate: "2020-01-31",
};

/** Without what only says where the row stood. */
function factsOf(person: Partial<Person>): Readonly<Record<string, unknown>> {
  const { worker: _worker, numberSpace: _space, source: _source, line: _line, unreadable: _fields, ...facts } = person;
  return Object.fromEntries(Object.entries(facts).filter(([, value]) => value !== undefined));
}

/** Watches the documents that `JSON.parse` gives. */
function watchDocuments() {
  const held = watchHeld();
  const original = JSON.parse;
  JSON.parse = (...given: Parameters<typeof JSON.parse>) => {
    const document = original(...given);
    if (typeof document === "object" && document !== null) held.show(document);
    return document;
  };
  return {
    ...held,
    end() {
      JSON.parse = original;
    },
  };
}

/** How many pieces of a file were held at once, at most; each piece has memory of its own. */
async function mostChunksHeld(start: Start): Promise<number> {
  const held = watchHeld();
  async function* watched(body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void, undefined> {
    for await (const chunk of body) {
      for (let at = 0; at < chunk.length; at += 8_192) {
        await held.look();
        const { buffer } = Uint8Array.from(chunk.subarray(at, at + 8_192));
        held.show(buffer);
        yield new Uint8Array(buffer);
      }
    }
  }
  const { source } = await start({
    workers: inventWorkers(2_000),
    wrap: ({ httpOpen }) => ({
      httpOpen: async (request, own) => {
        const answer = await httpOpen(request, own);
        return { ...answer, body: watched(answer.body) };
      },
    }),
  });
  const read = await source.read(signal);
  if (read.people.length !== 2_000 || held.seen() < 20) throw new Error("The file was not read in pieces");
  return held.most();
}
