// What every kind of HR source does, over a simulated system of that kind and the real HTTP chain: time and secrets are
// the test's. A kind says what its system cannot do and why; everything else has to hold.
import { setImmediate as nextTurn } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { afterEach, describe, expect, it } from "vitest";
import { type HrServer, type HrServerOptions, startHrServer } from "../../dev/hr/hr-server.ts";
import type { HrSystem } from "../../dev/hr/hr-system.ts";
import { type HrWorker, inventWorkers } from "../../dev/hr/workers.ts";
import type { MappableField, PeopleRead, Person } from "../../shared/core/person.ts";
import { createSourceDeps } from "../../shared/people/create-source-deps.ts";
import { createSource } from "../../shared/people/kinds.ts";
import type { SourceDeps } from "../../shared/people/source-deps.ts";
import type { SourceEntry } from "../../shared/people/source-kind.ts";
import type { PeopleSource } from "../../shared/ports.ts";
import { createFixedClock } from "../http/fixed-clock.ts";
import { createRecordingLog } from "../http/recording-log.ts";
import { sourceDeps, sourceEntry } from "../people/source-kit.ts";

/** What a contract can break in a system, and what the evidence says then. */
const ways = {
  truncated: { fault: "truncate", says: /could not be read \(NETWORK\)|bytes were read|cut off/ },
  refused: { fault: { status: 500 }, says: /answers 500/ },
  repeatedNext: { fault: "repeat-next", says: /leads to a page that was read already/ },
  shifted: { fault: "shift", says: /repeats 1 items of earlier pages/ },
  lostRow: { fault: "lose-row", says: /rows were read, the source says/ },
  errorInside: { fault: "error-inside", says: /carries an error|has no list|cannot be cut into names/ },
  expiredCursor: { fault: "expired", says: /cursor has expired/ },
} as const;

type Way = keyof typeof ways;

export type KindUnderContract = {
  readonly system: HrSystem;
  /** The entry of the rules for a system at that address; its secret is `hr-secret`. */
  readonly entry: (address: string) => Partial<SourceEntry>;
  /** What the kind gives of a worker, as the reader should have it. */
  readonly truth: (worker: HrWorker) => Partial<Person>;
  /** The property that the department is read from, for taking it away. */
  readonly department: string;
  /** True when one answer holds everybody. */
  readonly oneAnswer?: boolean;
  /** True when HTTP is a stream that nobody repeats: a failure is the next run's. */
  readonly stream?: boolean;
  /** For kinds that get tokens from the system. `lifeSeconds` is how long a new one is taken for good. */
  readonly tokens?: {
    readonly path: string;
    readonly lifeSeconds: number;
    /** Where tokens are not what `entry` has: the entry with them, and its secret. */
    readonly entry?: KindUnderContract["entry"];
    readonly secret?: string;
  };
  /** What the system cannot do, and why. */
  readonly exempt?: { readonly [W in Way | "worker" | "secret"]?: string };
};

export type HrRig = {
  readonly server: HrServer;
  readonly source: PeopleSource;
  readonly deps: SourceDeps;
  readonly clock: ReturnType<typeof createFixedClock>;
  readonly log: ReturnType<typeof createRecordingLog>;
};

type RigOptions = HrServerOptions & { readonly wrap?: (deps: SourceDeps, server: HrServer) => Partial<SourceDeps> };

const pageSize = 3;
const staff = inventWorkers(11);
const { signal } = new AbortController();

/** A system and a source that reads it over the whole chain. `wrap` changes what the source gets. */
export async function startHrRig(
  system: HrSystem,
  entry: (address: string) => Partial<SourceEntry>,
  options: RigOptions = {},
): Promise<HrRig> {
  const { wrap = () => ({}), ...serverOptions } = options;
  const clock = createFixedClock();
  const log = createRecordingLog();
  const server = await startHrServer(system, { pageSize, workers: staff, now: clock.now, ...serverOptions });
  let secret = serverOptions.secret ?? "hr-secret";
  const secrets = {
    get: async (_: string, { fresh }: { readonly fresh?: boolean }) => {
      if (fresh === true) secret = "rotated";
      return secret;
    },
  };
  const { expressions } = sourceDeps();
  const identity = { getToken: async () => ({ token: secret, expiresOnTimestamp: clock.now() + 3_600_000 }) };
  const made = createSourceDeps({ clock, log, secrets, identity, expressions });
  const deps = { ...made, ...wrap(made, server) };
  return {
    server,
    source: createSource(sourceEntry({ columns: {}, ...entry(server.address) }), deps),
    deps,
    clock,
    log,
  };
}

/** Runs the contract for one kind. */
export function describePeopleSourceContract(name: string, kind: KindUnderContract): void {
  const { system, entry, truth, exempt = {}, oneAnswer = false, stream = false } = kind;

  describe(`PeopleSource contract: ${name}`, () => {
    let rig: HrRig | undefined;
    afterEach(async () => {
      await rig?.server.close();
      rig = undefined;
    });

    async function start(options: RigOptions = {}, from = entry): Promise<HrRig> {
      rig = await startHrRig(system, from, options);
      return rig;
    }

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
      if (stream) return;
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

    if (kind.tokens !== undefined) describeTokens(kind, kind.tokens, start);

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
  });
}

/** A token may end while the pages are read, and where one answer holds everybody between two reads. */
function describeTokens(
  { system, oneAnswer = false, entry }: KindUnderContract,
  tokens: NonNullable<KindUnderContract["tokens"]>,
  start: (options: RigOptions, from: KindUnderContract["entry"]) => Promise<HrRig>,
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

/** Without what only says where the row stood. */
function factsOf(person: Partial<Person>): Readonly<Record<string, unknown>> {
  const { worker: _worker, numberSpace: _space, source: _source, line: _line, unreadable: _fields, ...facts } = person;
  return Object.fromEntries(Object.entries(facts).filter(([, value]) => value !== undefined));
}

/** Counts how many of the things that it was shown are still held by somebody. */
function watchHeld() {
  setFlagsFromString("--expose-gc");
  const collect: unknown = runInNewContext("gc");
  const shown: WeakRef<object>[] = [];
  let most = 0;
  return {
    show: (thing: object) => void shown.push(new WeakRef(thing)),
    async look() {
      await nextTurn();
      if (typeof collect === "function") collect();
      most = Math.max(most, shown.filter((thing) => thing.deref() !== undefined).length);
    },
    seen: () => shown.length,
    most: () => most,
  };
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
async function mostChunksHeld(start: (options: RigOptions) => Promise<HrRig>): Promise<number> {
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

/** Every field of a worker that a kind may give, under the names that Rollcall has for them. */
export function personOf(worker: HrWorker, fields: readonly (MappableField | "status")[]): Partial<Person> {
  const whole: Readonly<Record<string, unknown>> = { ...worker };
  return Object.fromEntries(fields.map((field) => [field, whole[field]])) as Partial<Person>;
}
