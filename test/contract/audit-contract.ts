// What every audit does, whatever it is made of.
import { beforeEach, describe, expect, it } from "vitest";
import { chainStart, lineHash } from "../../shared/core/audit-chain.ts";
import type { Audit } from "../../shared/request-ports.ts";
import { hostileNames } from "../helpers/hostile-names.ts";
import { anAuditEntry } from "../helpers/request-records.ts";

const signal = new AbortController().signal;
const day = 24 * 60 * 60_000;
const today = "2026-03-02";

/** Declares the tests. `start` gives an empty audit. */
export function describeAuditContract(name: string, start: () => Promise<Audit>): void {
  describe(`${name} as an audit`, () => {
    let audit: Audit;
    beforeEach(async () => {
      audit = await start();
    });

    async function records(target = "contoso", on = today) {
      return (await audit.read(target, on, signal)).map((line) => JSON.parse(line));
    }

    it("read gives what append recorded, numbered, each with the hash of the line before", async () => {
      const facts = { blob: "1-f", hash: "abc" };
      const entry = anAuditEntry(1, { user: "rc-1", product: "payments-api", text: "Grüße 人\n<b>", facts });
      await audit.append(entry, signal);
      await audit.append(anAuditEntry(2), signal);

      const lines = await audit.read("contoso", today, signal);

      const [first, second] = await records();
      expect(first).toMatchObject({ ...entry, number: 1, previous: chainStart.hash });
      expect(second).toMatchObject({ ...anAuditEntry(2), number: 2, previous: lineHash(lines[0] ?? "") });
    });

    it("keeps nothing that is not a field of an entry", async () => {
      await audit.append(Object.assign(anAuditEntry(1), { department: "Payments" }), signal);

      expect((await records())[0]).not.toHaveProperty("department");
    });

    it("the same entry twice is two records", async () => {
      await audit.append(anAuditEntry(1), signal);
      await audit.append(anAuditEntry(1), signal);

      expect(await records()).toHaveLength(2);
    });

    it("many appends at once make one chain", async () => {
      await Promise.all(Array.from({ length: 200 }, (_, index) => audit.append(anAuditEntry(index), signal)));

      const lines = await audit.read("contoso", today, signal);
      const found = await records();
      expect(found.map(({ number }) => number)).toStrictEqual(Array.from({ length: 200 }, (_, index) => index + 1));
      expect(found.slice(1).map(({ previous }) => previous)).toStrictEqual(lines.slice(0, -1).map(lineHash));
      expect(new Set(found.map(({ text }) => text)).size).toBe(200);
    });

    it("each target and day has a chain of its own; the first record tells how the day before ended", async () => {
      await audit.append(anAuditEntry(1), signal);
      await audit.append(anAuditEntry(2), signal);
      await audit.append(anAuditEntry(1, { target: "fabrikam" }), signal);
      await audit.append(anAuditEntry(3 * day), signal);
      await audit.append(anAuditEntry(3 * day + 1), signal);

      const lines = await audit.read("contoso", today, signal);
      const later = await records("contoso", "2026-03-05");
      expect(await records("fabrikam")).toMatchObject([{ number: 1, previous: chainStart.hash }]);
      expect(later).toMatchObject([{ number: 1, previous: chainStart.hash }, { number: 2 }]);
      expect(later.map(({ dayBefore }) => dayBefore)).toStrictEqual([
        { day: today, number: 2, hash: lineHash(lines[1] ?? "") },
        undefined,
      ]);
    });

    it("days gives the days that have records, in order", async () => {
      await audit.append(anAuditEntry(3 * day), signal);
      await audit.append(anAuditEntry(0), signal);
      await audit.append(anAuditEntry(day, { target: "fabrikam" }), signal);

      expect(await audit.days("contoso", signal)).toStrictEqual([today, "2026-03-05"]);
      expect(await audit.days("nowhere", signal)).toStrictEqual([]);
      expect(await audit.read("contoso", "2026-03-03", signal)).toStrictEqual([]);
    });

    it.each(hostileNames)("takes $label as target", async ({ name: target }) => {
      await audit.append(anAuditEntry(1, { target }), signal);

      expect(await audit.days(target, signal)).toStrictEqual([today]);
      expect(await records(target)).toMatchObject([{ number: 1 }]);
    });

    it("rejects with ABORTED when the signal has fired, and records nothing", async () => {
      const stopped = AbortSignal.abort();
      await expect(audit.append(anAuditEntry(1), stopped)).rejects.toMatchObject({ code: "ABORTED" });
      await expect(audit.read("contoso", today, stopped)).rejects.toMatchObject({ code: "ABORTED" });
      await expect(audit.days("contoso", stopped)).rejects.toMatchObject({ code: "ABORTED" });
      expect(await audit.read("contoso", today, signal)).toStrictEqual([]);
    });
  });
}
