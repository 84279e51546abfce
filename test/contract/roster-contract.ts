// What every roster does, whatever it is made of.
import { beforeEach, describe, expect, it } from "vitest";
import type { Roster } from "../../shared/request-ports.ts";
import { hostileNames } from "../helpers/hostile-names.ts";
import { startOfTime } from "../helpers/records.ts";
import { aRosterEntry } from "../helpers/request-records.ts";

const signal = new AbortController().signal;
const hour = 60 * 60_000;

/** Declares the tests. `start` gives an empty roster. */
export function describeRosterContract(name: string, start: () => Promise<Roster>): void {
  describe(`${name} as a roster`, () => {
    let roster: Roster;
    beforeEach(async () => {
      roster = await start();
    });

    it("findWorker gives the worker's mapped fields, account and standing, and when HR said so", async () => {
      const leaver = { person: aRosterEntry(2).person, standing: "leaver" } as const;
      await roster.put("contoso", [aRosterEntry(1, { manager: "2", line: 77 }), leaver], startOfTime, signal);

      const found = await roster.findWorker("contoso", "employee/1", signal);

      expect(found).toStrictEqual({ entry: aRosterEntry(1, { manager: "2", line: 0 }), readAt: startOfTime });
      expect((await roster.findWorker("contoso", "employee/2", signal))?.entry).toStrictEqual({
        person: { ...leaver.person, line: 0 },
        standing: "leaver",
      });
    });

    it("keeps nothing of a person but the fields that a source can map", async () => {
      const entry = aRosterEntry(1);
      const person = Object.assign({ ...entry.person }, { salary: "1" });
      await roster.put("contoso", [{ ...entry, person }], startOfTime, signal);

      expect((await roster.findWorker("contoso", "employee/1", signal))?.entry.person).not.toHaveProperty("salary");
    });

    it("findWorker knows nobody who is not there, and no other target's people", async () => {
      await roster.put("contoso", [aRosterEntry(1)], startOfTime, signal);

      expect(await roster.findWorker("contoso", "employee/9", signal)).toBeUndefined();
      expect(await roster.findWorker("fabrikam", "employee/1", signal)).toBeUndefined();
    });

    it("findObjectId finds by object id, whatever its capitals", async () => {
      const entraObjectId = "7b1C0c5e-8d3f-4a46-9f0a-2f6f4b1d9e11";
      await roster.put("contoso", [aRosterEntry(1, { entraObjectId }), aRosterEntry(2)], startOfTime, signal);

      const found = await roster.findObjectId("contoso", entraObjectId.toUpperCase(), signal);

      expect(found?.entry.person.worker).toBe("employee/1");
      expect(found?.readAt).toBe(startOfTime);
      expect(await roster.findObjectId("contoso", "", signal)).toBeUndefined();
      expect(await roster.findObjectId("fabrikam", entraObjectId, signal)).toBeUndefined();
    });

    it("findObjectId gives nobody where several have it", async () => {
      const both = [aRosterEntry(1, { entraObjectId: "abc" }), aRosterEntry(2, { entraObjectId: "ABC" })];
      await roster.put("contoso", both, startOfTime, signal);

      expect(await roster.findObjectId("contoso", "abc", signal)).toBeUndefined();
    });

    it("findAddress finds by HR's address, whatever its capitals, where one worker alone has it", async () => {
      const entries = [aRosterEntry(1), aRosterEntry(2, { email: "two@contoso.com" })];
      await roster.put("contoso", [...entries, aRosterEntry(3, { email: "TWO@contoso.com" })], startOfTime, signal);

      const found = await roster.findAddress("contoso", "Ada.1@CONTOSO.com", signal);

      expect(found).toMatchObject({ entry: { person: { worker: "employee/1" } }, readAt: startOfTime });
      expect(await roster.findAddress("contoso", "two@contoso.com", signal)).toBeUndefined();
      expect(await roster.findAddress("contoso", "", signal)).toBeUndefined();
      expect(await roster.findAddress("fabrikam", "ada.1@contoso.com", signal)).toBeUndefined();
      expect(await roster.findObjectId("contoso", "ada.1@contoso.com", signal)).toBeUndefined();
    });

    it("put replaces what was there: changed, gone and new people", async () => {
      const people = Array.from({ length: 50 }, (_, index) => aRosterEntry(index, { entraObjectId: `o${index}` }));
      await roster.put("contoso", people, startOfTime, signal);
      const next = [...people.slice(2), aRosterEntry(1, { department: "Treasury", entraObjectId: "moved" })];
      await roster.put("contoso", [...next, aRosterEntry(99)], startOfTime + hour, signal);

      const find = (worker: string) => roster.findWorker("contoso", worker, signal);
      expect(await find("employee/0")).toBeUndefined();
      expect((await find("employee/1"))?.entry.person.department).toBe("Treasury");
      expect((await find("employee/49"))?.readAt).toBe(startOfTime + hour);
      expect(await find("employee/99")).toBeDefined();
      expect(await roster.findObjectId("contoso", "o1", signal)).toBeUndefined();
      expect((await roster.findObjectId("contoso", "moved", signal))?.entry.person.worker).toBe("employee/1");
    });

    it("put of nobody leaves nobody", async () => {
      await roster.put("contoso", [aRosterEntry(1)], startOfTime, signal);
      await roster.put("contoso", [], startOfTime + hour, signal);

      expect(await roster.findWorker("contoso", "employee/1", signal)).toBeUndefined();
    });

    it("finds each of thousands", async () => {
      const people = Array.from({ length: 3000 }, (_, index) => aRosterEntry(index));
      await roster.put("contoso", people, startOfTime, signal);

      for (const index of [0, 1, 1499, 2998, 2999]) {
        const found = await roster.findWorker("contoso", `employee/${index}`, signal);
        expect(found?.entry.userId).toBe(`rc-${index}`);
      }
    });

    it.each(hostileNames)("takes $label as target, worker and object id", async ({ name: hostile }) => {
      await roster.put(
        hostile,
        [aRosterEntry(1, { worker: hostile, entraObjectId: `${hostile}o` })],
        startOfTime,
        signal,
      );

      expect((await roster.findWorker(hostile, hostile, signal))?.entry.userId).toBe("rc-1");
      expect((await roster.findObjectId(hostile, `${hostile}o`, signal))?.entry.userId).toBe("rc-1");
    });

    it("keepOnly forgets the targets that are not named", async () => {
      for (const target of ["contoso", "fabrikam", "old"])
        await roster.put(target, [aRosterEntry(1)], startOfTime, signal);

      expect(await roster.keepOnly(["contoso", "fabrikam", "new"], signal)).toBe(1);

      expect(await roster.findWorker("old", "employee/1", signal)).toBeUndefined();
      expect(await roster.findWorker("fabrikam", "employee/1", signal)).toBeDefined();
    });

    it("rejects with ABORTED when the signal has fired", async () => {
      const stopped = AbortSignal.abort();
      await expect(roster.put("contoso", [], startOfTime, stopped)).rejects.toMatchObject({ code: "ABORTED" });
      await expect(roster.findWorker("contoso", "w", stopped)).rejects.toMatchObject({ code: "ABORTED" });
      await expect(roster.findObjectId("contoso", "o", stopped)).rejects.toMatchObject({ code: "ABORTED" });
      await expect(roster.findAddress("contoso", "a", stopped)).rejects.toMatchObject({ code: "ABORTED" });
    });
  });
}
