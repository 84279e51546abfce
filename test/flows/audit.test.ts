import { describe, expect, it } from "vitest";
import { chainEnd, readAuditLine } from "../../shared/core/audit-chain.ts";
import { storyFacts, storyLines } from "../../shared/core/audit-story.ts";
import { factsHash } from "../../shared/core/facts.ts";
import { auditStory } from "../../shared/flows/audit-story.ts";
import { verifyAudit, verifyOneDay } from "../../shared/flows/verify-audit.ts";
import type { Audit } from "../../shared/request-ports.ts";
import { createMemoryAudit, createMemoryRequestStore } from "../../shared/requests/memory.ts";
import { startOfTime } from "../helpers/records.ts";
import { anAuditEntry } from "../helpers/request-records.ts";

const signal = new AbortController().signal;
const day = 24 * 60 * 60_000;
const target = "contoso";
const [first, second, third] = ["2026-03-02", "2026-03-03", "2026-03-09"] as const;

/** Three days: three, two and one records. */
async function written(): Promise<Audit> {
  const audit = createMemoryAudit();
  for (const at of [0, 1, 2, day, day + 1, 7 * day]) await audit.append(anAuditEntry(at), signal);
  return audit;
}

/** The audit with lines of one day replaced, or with the whole day gone. */
function tampered(audit: Audit, at: string, edit?: (lines: readonly string[]) => readonly string[]): Audit {
  return {
    ...audit,
    read: async (one, on, stop) => {
      const lines = await audit.read(one, on, stop);
      return on === at ? (edit?.(lines) ?? []) : lines;
    },
    days: async (one, stop) => (await audit.days(one, stop)).filter((on) => on !== at || edit !== undefined),
  };
}

async function verified(audit: Audit, since?: string): Promise<readonly string[]> {
  const found: string[] = [];
  for await (const check of verifyAudit({ target, ...(since !== undefined && { since }) }, audit, signal)) {
    found.push(`${check.day} ${check.records} ${check.faults.map(({ kind }) => kind).join()}`.trim());
  }
  return found;
}

describe("verifyAudit", () => {
  it("finds nothing in whole days, though days without records lie between", async () => {
    expect(await verified(await written())).toEqual([`${first} 3`, `${second} 2`, `${third} 1`]);
    expect(await verified(createMemoryAudit())).toEqual([]);
  });

  it("finds nothing where somebody wrote on into the day after the next one had begun", async () => {
    const audit = await written();
    await audit.append(anAuditEntry(3), signal);

    expect(await verified(audit)).toEqual([`${first} 4`, `${second} 2`, `${third} 1`]);
  });

  it("sees a day that was cut off, changed at its end or deleted, from the day that follows", async () => {
    const audit = await written();
    const forge = (lines: readonly string[]) => [
      ...lines.slice(0, -1),
      (lines.at(-1) ?? "").replace("Approved", "Kept"),
    ];

    expect(await verified(tampered(audit, first, (lines) => lines.slice(0, -1)))).toContain(`${first} 2 cutOff`);
    expect(await verified(tampered(audit, second, forge))).toContain(`${second} 2 changed`);
    expect(await verified(tampered(audit, second, () => []))).toContain(`${second} 0 cutOff`);
    expect(await verified(tampered(audit, second))).toEqual([`${first} 3`, `${second} 0 cutOff`, `${third} 1`]);
    expect(await verified(tampered(audit, first))).toEqual([`${first} 0 cutOff`, `${second} 2`, `${third} 1`]);
  });

  it("expects nothing of the days before the first that is asked for", async () => {
    expect(await verified(tampered(await written(), first), second)).toEqual([`${second} 2`, `${third} 1`]);
  });
});

describe("verifyOneDay", () => {
  it("holds the day against the next one, and against what the log noted", async () => {
    const audit = await written();
    const cut = tampered(audit, first, (lines) => lines.slice(0, -1));
    const kinds = async (one: Audit, place: Parameters<typeof verifyOneDay>[0]) =>
      (await verifyOneDay(place, one, signal)).faults.map(({ kind }) => kind);

    expect(await kinds(audit, { target, day: first })).toEqual([]);
    expect(await kinds(cut, { target, day: first })).toEqual(["cutOff"]);
    expect(await kinds(audit, { target, day: "2026-03-04" })).toEqual([]);
    const noted = chainEnd((await audit.read(target, third, signal)).at(-1) ?? "");
    expect(await kinds(audit, { target, day: third, noted })).toEqual([]);
    expect(await kinds(tampered(audit, third), { target, day: third, noted })).toEqual(["cutOff"]);
  });
});

describe("auditStory", () => {
  const salted = {
    salt: "s",
    facts: {
      requester: { worker: "employee/1", groups: ["a", "b"], person: { department: "Payments" } },
      subscriptions: [{ product: "p", state: "active" }],
      missing: null,
    },
  };

  async function tell(change: (requests: ReturnType<typeof createMemoryRequestStore>) => Promise<unknown>) {
    const audit = createMemoryAudit();
    const requests = createMemoryRequestStore({ clock: { now: () => startOfTime } });
    const blob = `${startOfTime}-s1`;
    await requests.putFacts(blob, salted, signal);
    const about = { subscription: "s1", by: "rule payments-team", text: "Approved for Payments API" };
    await audit.append(anAuditEntry(0, { ...about, facts: { blob, hash: factsHash(salted) } }), signal);
    await audit.append(anAuditEntry(1, { subscription: "s2" }), signal);
    await audit.append(anAuditEntry(7 * day, { subscription: "s1", by: "rollcall", text: "Access ended" }), signal);
    await change(requests);
    const lines: string[] = [];
    for await (const { record, facts } of auditStory({ target, subscription: "s1" }, { audit, requests }, signal)) {
      lines.push(...storyLines(record, new Date(record.at).toISOString(), facts));
    }
    return lines;
  }

  it("tells who decided what, when and on which facts, of that subscription only", async () => {
    expect(await tell(async () => undefined)).toEqual([
      "2026-03-02T08:00:00.000Z  rule payments-team: Approved for Payments API",
      "    requester.worker = employee/1",
      "    requester.groups = a, b",
      "    requester.person.department = Payments",
      "    subscriptions.0.product = p",
      "    subscriptions.0.state = active",
      "    missing = null",
      "2026-03-09T08:00:00.000Z  rollcall: Access ended",
    ]);
  });

  it("says that facts were deleted, or that they are not those of the decision", async () => {
    const [, deleted] = await tell((requests) => requests.deleteFacts(startOfTime + 1, new Set(), signal));
    const [, changed] = await tell((requests) =>
      requests.putFacts(`${startOfTime}-s1`, { ...salted, facts: { requester: "other" } }, signal),
    );

    expect(deleted).toBe("    The facts that this rested on have been deleted.");
    expect(changed).toContain("are NOT those that this rested on");
  });

  it("tells of a decision that was recorded twice that it is the same one", async () => {
    const audit = createMemoryAudit();
    for (const number of [0, day]) {
      await audit.append(anAuditEntry(number, { id: "contoso/s1/1/decided/5", subscription: "s1" }), signal);
      await audit.append(anAuditEntry(number, { subscription: "s1" }), signal);
    }
    const requests = createMemoryRequestStore({ clock: { now: () => startOfTime } });
    const told: (readonly string[])[] = [];
    for await (const { record, facts } of auditStory({ target, subscription: "s1" }, { audit, requests }, signal))
      told.push(storyLines(record, "then", facts).slice(1));

    expect(told).toEqual([[], [], ["    This is the same as above, recorded once more."], []]);
  });

  it.each(["sub-a1", "SUB-A1", "Sub-A1"])(
    "finds the subscription by its id in any capitals: %s",
    async (subscription) => {
      const audit = createMemoryAudit();
      // A record keeps the spelling that it was written with.
      await audit.append(anAuditEntry(0, { subscription: "sub-a1" }), signal);
      await audit.append(anAuditEntry(1, { subscription: "Sub-A1" }), signal);
      await audit.append(anAuditEntry(2, { subscription: "sub-a11" }), signal);
      const { subscription: _, ...aboutNone } = anAuditEntry(3);
      await audit.append(aboutNone, signal);
      await audit.append(Object.assign(anAuditEntry(4), { subscription: 4 }), signal);
      const requests = createMemoryRequestStore({ clock: { now: () => startOfTime } });
      const found: number[] = [];
      for await (const { record } of auditStory({ target, subscription }, { audit, requests }, signal))
        found.push(record.at);

      expect(found).toEqual([startOfTime, startOfTime + 1]);
    },
  );

  it("leaves out days before the one that is asked for, and lines that are no records", async () => {
    const audit = createMemoryAudit();
    await audit.append(anAuditEntry(0, { subscription: "s1" }), signal);
    await audit.append(anAuditEntry(day, { subscription: "s1" }), signal);
    const broken = tampered(audit, second, (lines) => ["x", ...lines]);
    const requests = createMemoryRequestStore({ clock: { now: () => startOfTime } });
    const found: number[] = [];
    const about = { target, subscription: "s1", since: second };
    for await (const { record } of auditStory(about, { audit: broken, requests }, signal)) found.push(record.at);

    expect(found).toEqual([startOfTime + day]);
    expect(readAuditLine("x")).toBeUndefined();
  });
});

describe("storyLines", () => {
  const record = { at: 1, target: "t", action: "approved", by: "rule r", text: "Approved", number: 1, previous: "" };
  const kept = { salt: "00", facts: { requester: { today: "2026-03-02" }, factsReadAt: 1_772_443_800_000 } };
  const named = { ...record, writer: "w", facts: { blob: "b", hash: factsHash(kept) } };

  it("writes instants among the facts as such", () => {
    expect(storyLines(named, "then", storyFacts(named, kept))).toEqual([
      "then  rule r: Approved",
      "    requester.today = 2026-03-02",
      "    factsReadAt = 2026-03-02T09:30:00Z",
    ]);
  });

  it("says of facts that stand above only that", () => {
    expect(storyLines(named, "then", { status: "above" })[1]).toBe("    The facts are the same as above.");
  });
});
