// What every run store does, whatever it is made of.
import { beforeEach, describe, expect, it } from "vitest";
import type { RunRecord } from "../../shared/core/run.ts";
import type { Acceptance, RunStore } from "../../shared/run-ports.ts";
import { hostileNames } from "../helpers/hostile-names.ts";
import { anAppliedChange, anOutcome, aPlan, aRun, runIdAt, startOfTime } from "../helpers/records.ts";
import { describeSharedReads } from "./shared-reads-contract.ts";

const signal = new AbortController().signal;
const hour = 60 * 60_000;

export type StartedRunStore = {
  readonly store: RunStore;
  /** Takes the lease of that name away from its holder, as its end would. */
  loseLease(name: string): Promise<void>;
};

/** Declares the tests. `start` gives an empty store whose clock stands at `startOfTime`. */
export function describeRunStoreContract(name: string, start: () => Promise<StartedRunStore>): void {
  describe(`${name} as a run store`, () => {
    let started: StartedRunStore;
    let store: RunStore;
    beforeEach(async () => {
      started = await start();
      store = started.store;
    });

    describe("stopping a run", () => {
      it("cancelRequestedBy tells who asked, for that run only", async () => {
        await store.requestCancel(runIdAt(1), "cli:ada", signal);

        expect(await store.cancelRequestedBy(runIdAt(1), signal)).toBe("cli:ada");
        expect(await store.cancelRequestedBy(runIdAt(2), signal)).toBeUndefined();
      });
    });

    describe("details of old runs", () => {
      it("deleteDetails takes plans and journals of runs before the instant and leaves records and younger runs", async () => {
        for (const minutes of [1, 2, 3]) {
          await store.putRun(aRun(runIdAt(minutes)), signal);
          await store.putPlan(runIdAt(minutes), aPlan(1), signal);
          await store.putProblems(runIdAt(minutes), { problems: [], counts: {} }, signal);
          await store.appendOutcomes(runIdAt(minutes), [anOutcome(1)], signal);
        }

        await store.deleteDetails(startOfTime + 3 * 60_000, signal);

        const left = async (minutes: number) => [
          (await store.getRun(runIdAt(minutes), signal)) !== undefined,
          (await store.getPlan(runIdAt(minutes), signal)) !== undefined,
          (await store.getProblems(runIdAt(minutes), signal)) !== undefined,
          (await store.getOutcomes(runIdAt(minutes), signal)).length,
        ];
        expect(await left(1)).toEqual([true, false, false, 0]);
        expect(await left(2)).toEqual([true, false, false, 0]);
        expect(await left(3)).toEqual([true, true, true, 1]);
      });
    });

    describe("people in the records of old runs", () => {
      it("deleteDetails forgets the worker of a run that has ended, and who asked that one stop; counts stay", async () => {
        const request = { target: "contoso", mode: "apply", purpose: "sync", worker: "employee/4711" } as const;
        const of = (status: RunRecord["status"]) => ({ status, request, planned: { blockUser: 1 } });
        await store.putRun(aRun(runIdAt(1), of("waiting")), signal);
        await store.putRun(aRun(runIdAt(1), { ...of("finished"), slices: 1 }), signal);
        await store.putRun(aRun(runIdAt(2), of("running")), signal);
        await store.putRun(aRun(runIdAt(3), of("finished")), signal);
        for (const minutes of [1, 3]) await store.requestCancel(runIdAt(minutes), "cli:ada", signal);

        await store.deleteDetails(startOfTime + 3 * 60_000, signal);
        await store.deleteDetails(startOfTime + 3 * 60_000, signal);

        const forgotten = { ...of("finished"), slices: 1, request: { ...request, worker: "(forgotten)" } };
        expect(await store.getRun(runIdAt(1), signal)).toStrictEqual(aRun(runIdAt(1), forgotten));
        expect(await store.getRun(runIdAt(2), signal)).toStrictEqual(aRun(runIdAt(2), of("running")));
        expect(await store.getRun(runIdAt(3), signal)).toStrictEqual(aRun(runIdAt(3), of("finished")));
        expect(await store.cancelRequestedBy(runIdAt(1), signal)).toBeUndefined();
        expect(await store.cancelRequestedBy(runIdAt(3), signal)).toBe("cli:ada");

        await store.putRun(aRun(runIdAt(2), of("finished")), signal);
        await store.deleteDetails(startOfTime + 3 * 60_000, signal);
        expect((await store.getRun(runIdAt(2), signal))?.request.worker).toBe("(forgotten)");
      });
    });

    describe("a target that is due", () => {
      it.each(hostileNames)("markedDue gives the latest mark of the target $label", async ({ name: target }) => {
        expect(await store.markedDue(target, signal)).toBeUndefined();
        await store.markDue(target, startOfTime, signal);
        await store.markDue(target, startOfTime + hour, signal);

        expect(await store.markedDue(target, signal)).toBe(startOfTime + hour);
        expect(await store.markedDue(`${target}2`, signal)).toBeUndefined();
      });
    });

    describe("claimed addresses", () => {
      it.each(hostileNames)("getClaims gives the latest of the target $label", async ({ name: target }) => {
        expect(await store.getClaims(target, signal)).toBeUndefined();
        await store.putClaims(target, { at: 1, salt: "run-1", claims: ["0123456789abcdef"] }, signal);
        const latest = { at: 2, salt: "run-2", claims: ["fedcba9876543210", "0123456789abcdef"] };
        await store.putClaims(target, latest, signal);

        expect(await store.getClaims(target, signal)).toEqual(latest);
        expect(await store.getClaims(`${target}2`, signal)).toBeUndefined();
      });
    });

    describeSharedReads(() => store);

    describe("what HR should know", () => {
      it("getProblems gives what putProblems stored for that run, beside its plan", async () => {
        const problem = { code: "sharedAddress", worker: "employee/1", text: "Grüße 人" } as const;
        const report = { problems: [problem], counts: { sharedAddress: 1, outOfScope: 925_000 } };
        await store.putPlan(runIdAt(1), aPlan(1), signal);
        await store.putProblems(runIdAt(1), report, signal);

        expect(await store.getProblems(runIdAt(1), signal)).toEqual(report);
        expect(await store.getPlan(runIdAt(1), signal)).toEqual(aPlan(1));
        expect(await store.getProblems(runIdAt(2), signal)).toBeUndefined();
      });
    });

    describe("runs", () => {
      it("getRun gives what putRun stored, with every field", async () => {
        const run = aRun(runIdAt(1), {
          status: "blocked",
          startedAt: startOfTime,
          verdict: {
            status: "blocked",
            breaches: [{ limit: "blockUser", planned: 9, applied: 0, allowed: 5, exceeds: "count", text: "Grüße" }],
          },
          planned: { blockUser: 9 },
          error: { code: "NETWORK", message: "Cannot reach it" },
        });
        await store.putRun(run, signal);
        expect(await store.getRun(run.id, signal)).toStrictEqual(run);
      });

      it("putRun replaces the record, so a field that is gone stays gone", async () => {
        await store.putRun(aRun(runIdAt(1), { digest: "abc" }), signal);
        await store.putRun(aRun(runIdAt(1), { status: "running" }), signal);
        expect(await store.getRun(runIdAt(1), signal)).toStrictEqual(aRun(runIdAt(1), { status: "running" }));
      });

      it("replaceRun writes where the record stands as it was read, and nowhere else", async () => {
        const [read, other] = [aRun(runIdAt(1)), aRun(runIdAt(1), { status: "running", digest: "abc" })];
        await store.putRun(read, signal);

        expect(await store.replaceRun(read, other, signal)).toBe(true);
        expect(await store.replaceRun(read, { ...read, updatedAt: 1 }, signal)).toBe(false);
        expect(await store.replaceRun(aRun(runIdAt(2)), aRun(runIdAt(2)), signal)).toBe(false);

        expect(await store.getRun(runIdAt(1), signal)).toStrictEqual(other);
        expect(await store.listRuns({ limit: 9 }, signal)).toStrictEqual([other]);
      });

      it("putRun holds a record with thousands of reasons", async () => {
        const breaches = Array.from({ length: 5000 }, (_, index) => ({
          limit: "removeMember" as const,
          group: `group-${index}`,
          planned: index,
          applied: 0,
          allowed: 1,
          exceeds: "count" as const,
          text: `Cannot remove ${index} members of group-${index} at once: ${(index * 7919) % 5003} is more than the limit`,
        }));
        const run = aRun(runIdAt(1), { verdict: { status: "blocked", breaches } });
        await store.putRun(run, signal);
        expect(await store.getRun(run.id, signal)).toStrictEqual(run);
      });

      it.each(["", "nothing", "../../runs", runIdAt(1).replace("-", "/"), `${runIdAt(1)}x`])(
        "getRun knows no run with the id %j",
        async (id) => {
          await store.putRun(aRun(runIdAt(1)), signal);
          expect(await store.getRun(id, signal)).toBeUndefined();
        },
      );

      it("putRun refuses an id that createRunId does not make", async () => {
        await expect(store.putRun(aRun("1-a"), signal)).rejects.toMatchObject({ code: "BUG" });
      });

      it("listRuns gives the newest first, up to the limit", async () => {
        for (const minute of [2, 9, 1, 10, 5]) await store.putRun(aRun(runIdAt(minute)), signal);
        const runs = await store.listRuns({ limit: 3 }, signal);
        expect(runs.map((run) => run.id)).toStrictEqual([runIdAt(10), runIdAt(9), runIdAt(5)]);
      });

      it("listRuns of a target gives that target's runs only, as they are now", async () => {
        await store.putRun(aRun(runIdAt(1), {}, "fabrikam"), signal);
        await store.putRun(aRun(runIdAt(2), {}, "contoso"), signal);
        await store.putRun(aRun(runIdAt(3), {}, "fabrikam"), signal);
        await store.putRun(aRun(runIdAt(1), { status: "finished" }, "fabrikam"), signal);
        const runs = await store.listRuns({ target: "fabrikam", limit: 10 }, signal);
        expect(runs.map((run) => [run.id, run.status])).toStrictEqual([
          [runIdAt(3), "waiting"],
          [runIdAt(1), "finished"],
        ]);
      });

      it.each(hostileNames)("listRuns finds the runs of a target named $label", async ({ name: target }) => {
        await store.putRun(aRun(runIdAt(1), {}, target), signal);
        await store.putRun(aRun(runIdAt(2), {}, `${target}.`), signal);
        const runs = await store.listRuns({ target, limit: 10 }, signal);
        expect(runs).toStrictEqual([aRun(runIdAt(1), {}, target)]);
      });
    });

    describe("plans", () => {
      it("getPlan gives what putPlan stored", async () => {
        await store.putPlan(runIdAt(1), aPlan(3000), signal);
        expect(await store.getPlan(runIdAt(1), signal)).toStrictEqual(aPlan(3000));
      });

      it("getPlan gives undefined for a run without a plan", async () => {
        await store.putPlan(runIdAt(1), aPlan(1), signal);
        expect(await store.getPlan(runIdAt(2), signal)).toBeUndefined();
      });
    });

    describe("journal", () => {
      it("getOutcomes gives what was appended, in order, of that run only", async () => {
        await store.appendOutcomes(runIdAt(1), [anOutcome(1), anOutcome(2, { text: "ü\n人" })], signal);
        await store.appendOutcomes(runIdAt(2), [anOutcome(9)], signal);
        await store.appendOutcomes(runIdAt(1), [], signal);
        await store.appendOutcomes(runIdAt(1), [anOutcome(1, { status: "failed", code: "NETWORK" })], signal);
        expect(await store.getOutcomes(runIdAt(1), signal)).toStrictEqual([
          anOutcome(1),
          anOutcome(2, { text: "ü\n人" }),
          anOutcome(1, { status: "failed", code: "NETWORK" }),
        ]);
      });

      it("appendOutcomes keeps the order of callers that do not wait for each other", async () => {
        const outcomes = Array.from({ length: 100 }, (_, index) => anOutcome(index));
        await Promise.all(outcomes.map((outcome) => store.appendOutcomes(runIdAt(1), [outcome], signal)));
        expect(await store.getOutcomes(runIdAt(1), signal)).toStrictEqual(outcomes);
      });

      it("getOutcomes of a run without a journal is empty", async () => {
        expect(await store.getOutcomes(runIdAt(1), signal)).toStrictEqual([]);
      });

      it("appendOutcomes goes on after the journal was opened anew", async () => {
        await store.appendOutcomes(runIdAt(1), [anOutcome(1)], signal);
        store.openJournal(runIdAt(1));
        await store.appendOutcomes(runIdAt(1), [anOutcome(2)], signal);
        expect(await store.getOutcomes(runIdAt(1), signal)).toStrictEqual([anOutcome(1), anOutcome(2)]);
      });
    });

    describe("acceptances", () => {
      const acceptance: Acceptance = {
        target: "contoso/1",
        digest: "d1",
        planRunId: runIdAt(1),
        by: "function key #2",
        at: startOfTime,
        expiresAt: startOfTime + 4 * hour,
      };

      const taken = { target: "contoso/1", digest: "d1", runId: runIdAt(2) };

      it("takeAcceptance gives an acceptance to one run, to that one again, and to no other", async () => {
        await store.putAcceptance(acceptance, signal);
        expect(await store.takeAcceptance(taken, startOfTime, signal)).toStrictEqual(acceptance);
        expect(await store.takeAcceptance({ ...taken, runId: runIdAt(3) }, startOfTime, signal)).toBeUndefined();
        expect(await store.takeAcceptance(taken, startOfTime, signal)).toStrictEqual(acceptance);
        expect(await store.takeAcceptance({ ...taken, runId: runIdAt(3) }, startOfTime, signal)).toBeUndefined();
      });

      it("takeAcceptance gives one that was given anew to whoever comes first", async () => {
        await store.putAcceptance(acceptance, signal);
        await store.takeAcceptance(taken, startOfTime, signal);
        await store.putAcceptance(acceptance, signal);
        expect(await store.takeAcceptance({ ...taken, runId: runIdAt(3) }, startOfTime, signal)).toStrictEqual(
          acceptance,
        );
        expect(await store.takeAcceptance(taken, startOfTime, signal)).toBeUndefined();
      });

      it("takeAcceptance gives it to one of many who ask at once", async () => {
        await store.putAcceptance(acceptance, signal);
        const takers = Array.from({ length: 8 }, (_, minute) =>
          store.takeAcceptance({ ...taken, runId: runIdAt(minute) }, startOfTime, signal),
        );
        const given = await Promise.all(takers);
        expect(given.filter((one) => one !== undefined)).toStrictEqual([acceptance]);
      });

      it("takeAcceptance names target and digest both", async () => {
        await store.putAcceptance(acceptance, signal);
        expect(await store.takeAcceptance({ ...taken, digest: "d2" }, startOfTime, signal)).toBeUndefined();
        expect(await store.takeAcceptance({ ...taken, target: "contoso" }, startOfTime, signal)).toBeUndefined();
        expect(await store.takeAcceptance(taken, startOfTime, signal)).toStrictEqual(acceptance);
      });

      it("takeAcceptance gives it one millisecond before its end and not at its end, whoever asks", async () => {
        await store.putAcceptance(acceptance, signal);
        const { expiresAt } = acceptance;
        expect(await store.takeAcceptance(taken, expiresAt - 1, signal)).toStrictEqual(acceptance);
        expect(await store.takeAcceptance(taken, expiresAt, signal)).toBeUndefined();
        await store.putAcceptance(acceptance, signal);
        expect(await store.takeAcceptance(taken, expiresAt, signal)).toBeUndefined();
      });
    });

    describe("applied changes", () => {
      it("appliedSince gives the target's changes at or after the instant", async () => {
        const changes = [0, 1, 2].map((number) =>
          anAppliedChange(number * hour, number === 1 ? { outOfScope: true } : {}),
        );
        await store.recordApplied("contoso", changes, signal);
        await store.recordApplied("fabrikam", [anAppliedChange(2 * hour)], signal);
        expect(await store.appliedSince("contoso", startOfTime + hour, signal)).toStrictEqual(changes.slice(1));
      });

      it("recordApplied takes hundreds at once, and nothing", async () => {
        const changes = Array.from({ length: 250 }, (_, index) => anAppliedChange(index));
        await store.recordApplied("contoso", changes, signal);
        await store.recordApplied("contoso", [], signal);
        expect(await store.appliedSince("contoso", startOfTime, signal)).toStrictEqual(changes);
      });

      it("recordApplied counts the same change of the same run once, and different ones of one instant each", async () => {
        const change = anAppliedChange(1);
        const other = anAppliedChange(1, { kind: "removeMember", key: "a/b" });
        await store.recordApplied("contoso", [change, change, other], signal);
        await store.recordApplied("contoso", [change], signal);
        expect(await store.appliedSince("contoso", startOfTime, signal)).toHaveLength(2);
      });
    });

    describe("memory", () => {
      it("getTargetMemory of a new target is empty", async () => {
        expect(await store.getTargetMemory("contoso", signal)).toStrictEqual({
          links: new Map(),
          suspended: new Map(),
        });
      });

      it("rememberLinks adds, replaces and forgets", async () => {
        await store.rememberLinks(
          "contoso",
          new Map([
            ["e/1", "rc-1"],
            ["e/2", "rc-2"],
            ["e/3", "rc-3"],
          ]),
          signal,
        );
        const changed = new Map<string, string | undefined>([
          ["e/1", "rc-9"],
          ["e/2", undefined],
          ["e/7", undefined],
        ]);
        await store.rememberLinks("contoso", changed, signal);
        const { links } = await store.getTargetMemory("contoso", signal);
        expect(new Map([...links].sort())).toStrictEqual(
          new Map([
            ["e/1", "rc-9"],
            ["e/3", "rc-3"],
          ]),
        );
      });

      it("rememberSuspended keeps the instant and the owner, apart from the links and from other targets", async () => {
        await store.rememberSuspended(
          "contoso",
          new Map([
            ["sub-1", { at: startOfTime, ownerId: "rc-1" }],
            ["sub-2", { at: startOfTime, ownerId: "a user" }],
            ["sub-3", { at: startOfTime, ownerId: "a user" }],
          ]),
          signal,
        );
        await store.rememberSuspended("contoso", new Map([["sub-2", undefined]]), signal);
        await store.rememberLinks("fabrikam", new Map([["e/1", "rc-1"]]), signal);
        const memory = await store.getTargetMemory("contoso", signal);
        expect(memory).toStrictEqual({
          links: new Map(),
          suspended: new Map([
            ["sub-1", { at: startOfTime, ownerId: "rc-1" }],
            ["sub-3", { at: startOfTime, ownerId: "a user" }],
          ]),
        });
      });

      it("rememberLinks keeps every name apart, whatever is in it", async () => {
        const links = new Map(
          hostileNames.flatMap(
            ({ name }) =>
              [
                [name, "rc-1"],
                [`${name}.`, "rc-2"],
              ] as const,
          ),
        );
        await store.rememberLinks("a/b#c", links, signal);
        expect(Object.fromEntries((await store.getTargetMemory("a/b#c", signal)).links)).toStrictEqual(
          Object.fromEntries(links),
        );
      });

      it("rememberLinks holds thousands", async () => {
        const links = new Map(Array.from({ length: 2300 }, (_, index) => [`employee/${index}`, `rc-${index}`]));
        await store.rememberLinks("contoso", links, signal);
        expect((await store.getTargetMemory("contoso", signal)).links.size).toBe(2300);
      });

      it("getSourceMemory gives what putSourceMemory stored last", async () => {
        expect(await store.getSourceMemory("hr/1", signal)).toBeUndefined();
        await store.putSourceMemory("hr/1", { at: startOfTime, people: 10 }, signal);
        await store.putSourceMemory("hr/1", { at: startOfTime + 1, people: 12 }, signal);
        expect(await store.getSourceMemory("hr/1", signal)).toStrictEqual({ at: startOfTime + 1, people: 12 });
        expect(await store.getSourceMemory("hr/2", signal)).toBeUndefined();
      });
    });

    describe("leases", () => {
      it("acquireLease gives a name to one holder until it is released", async () => {
        const first = await store.acquireLease("contoso", 60, signal);
        expect(await store.acquireLease("contoso", 60, signal)).toBeUndefined();
        expect(await store.acquireLease("fabrikam", 60, signal)).toBeDefined();
        await first?.release(signal);
        expect(await store.acquireLease("contoso", 60, signal)).toBeDefined();
      });

      it("acquireLease gives a new name to one of many who ask at once", async () => {
        const leases = await Promise.all(Array.from({ length: 8 }, () => store.acquireLease("new", 60, signal)));
        expect(leases.filter((lease) => lease !== undefined)).toHaveLength(1);
      });

      it("renew keeps the lease from others", async () => {
        const lease = await store.acquireLease("contoso", 60, signal);
        await lease?.renew(signal);
        expect(await store.acquireLease("contoso", 60, signal)).toBeUndefined();
      });

      it("renew throws STORE_UNAVAILABLE, and release does no harm, when the lease was lost to another", async () => {
        const lost = await store.acquireLease("contoso", 15, signal);
        await started.loseLease("contoso");
        expect(await store.acquireLease("contoso", 60, signal)).toBeDefined();
        await expect(lost?.renew(signal)).rejects.toMatchObject({ code: "STORE_UNAVAILABLE" });
        await lost?.release(signal);
        expect(await store.acquireLease("contoso", 60, signal)).toBeUndefined();
      });

      it.each([14, 61, 0, -1, 20.5])("acquireLease refuses a lease of %d seconds", async (seconds) => {
        await expect(store.acquireLease("contoso", seconds, signal)).rejects.toMatchObject({ code: "BUG" });
      });

      it.each(hostileNames)("acquireLease takes the name $label", async ({ name: leaseName }) => {
        expect(await store.acquireLease(leaseName, 60, signal)).toBeDefined();
        expect(await store.acquireLease(leaseName, 60, signal)).toBeUndefined();
      });
    });

    it("every method throws ABORTED once the signal has fired", async () => {
      const fired = AbortSignal.abort();
      const calls = [
        store.putRun(aRun(runIdAt(1)), fired),
        store.replaceRun(aRun(runIdAt(1)), aRun(runIdAt(1)), fired),
        store.getRun(runIdAt(1), fired),
        store.listRuns({ limit: 1 }, fired),
        store.putPlan(runIdAt(1), aPlan(1), fired),
        store.getPlan(runIdAt(1), fired),
        store.appendOutcomes(runIdAt(1), [anOutcome(1)], fired),
        store.getOutcomes(runIdAt(1), fired),
        store.takeAcceptance({ target: "contoso", digest: "d", runId: runIdAt(1) }, startOfTime, fired),
        store.appliedSince("contoso", startOfTime, fired),
        store.recordApplied("contoso", [], fired),
        store.getTargetMemory("contoso", fired),
        store.rememberLinks("contoso", new Map(), fired),
        store.rememberSuspended("contoso", new Map(), fired),
        store.getSourceMemory("hr", fired),
        store.putSourceMemory("hr", { at: 1, people: 1 }, fired),
        store.acquireLease("contoso", 15, fired),
      ];
      const settled = await Promise.allSettled(calls);
      const codes = settled.map((one) => (one.status === "rejected" ? one.reason.code : one.status));
      expect(codes).toStrictEqual(calls.map(() => "ABORTED"));
    });
  });
}
