import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  type AuditEntry,
  auditDay,
  type ChainEnd,
  chainEnd,
  chainLine,
  chainStart,
  type DayEnd,
  readAuditLine,
} from "../../shared/core/audit-chain.ts";
import { type AuditFault, dayBeforeOf, verifyDay } from "../../shared/core/audit-verify.ts";
import { anAuditEntry } from "../helpers/request-records.ts";

const today = "2026-03-02";

function chain(count: number, dayBefore?: DayEnd, entry: (number: number) => AuditEntry = anAuditEntry): string[] {
  const lines: string[] = [];
  let end: ChainEnd = chainStart;
  for (let number = 1; number <= count; number += 1) {
    const line = chainLine(entry(number), end, { writer: "w", ...(dayBefore !== undefined && { dayBefore }) });
    lines.push(line);
    end = chainEnd(line);
  }
  return lines;
}

function endOf(lines: readonly string[]): ChainEnd {
  return chainEnd(lines.at(-1) ?? "");
}

function faults(lines: readonly string[], known: readonly ChainEnd[] = []): readonly string[] {
  return verifyDay(today, lines, known).faults.map(({ kind, line, text }: AuditFault) => `${kind} ${line}: ${text}`);
}

describe("chainLine", () => {
  it("keeps what an entry says and nothing else, with the day before on the first record only", () => {
    const dayBefore = { day: "2026-03-01", number: 7, hash: "ab" };
    const entry = anAuditEntry(1, { user: "rc-1", product: "p", facts: { blob: "f", hash: "h" } });
    const extra = Object.assign({ ...entry }, { department: "Payments" });
    const [first, second] = chain(2, dayBefore, () => extra).map((line) => readAuditLine(line));

    expect(first).toStrictEqual({ ...entry, number: 1, previous: "0".repeat(64), dayBefore, writer: "w" });
    expect(second).not.toHaveProperty("dayBefore");
    expect(second).not.toHaveProperty("department");
  });

  it("leaves out what an entry does not say", () => {
    const { subscription, ...bare } = anAuditEntry(1);

    expect(subscription).toBeDefined();
    expect(readAuditLine(chain(1, undefined, () => bare)[0] ?? "")).not.toHaveProperty("subscription");
  });
});

describe("auditDay", () => {
  it.each([
    [Date.parse("2026-03-02T00:00:00Z"), "2026-03-02"],
    [Date.parse("2026-03-01T23:59:59.999Z"), "2026-03-01"],
    [Date.parse("2028-02-29T12:00:00Z") + 0.5, "2028-02-29"],
  ])("of %d is %s, UTC", (at, day) => {
    expect(auditDay(at)).toBe(day);
  });
});

describe("readAuditLine", () => {
  it.each([
    "",
    "x",
    "null",
    "1",
    "[]",
    '{"number":1}',
    '{"number":"1","at":1,"previous":"","target":"","action":"","by":"","text":""}',
  ])("takes %j for no record", (line) => {
    expect(readAuditLine(line)).toBeUndefined();
    expect(chainEnd(line).number).toBe(0);
  });
});

describe("verifyDay", () => {
  it("finds nothing in a whole chain, and tells where it ends", () => {
    const lines = chain(5);

    expect(verifyDay(today, lines, [endOf(lines), chainEnd(lines[1] ?? "")])).toStrictEqual({
      day: today,
      records: 5,
      end: endOf(lines),
      faults: [],
    });
    expect(verifyDay(today, [], [])).toStrictEqual({ day: today, records: 0, end: chainStart, faults: [] });
  });

  it("names a record that was changed", () => {
    const lines = chain(5);
    lines[2] = (lines[2] ?? "").replace("Approved", "Rejected");

    expect(faults(lines)).toStrictEqual(["changed 3: Record 3 is not as it was when record 4 was written."]);
  });

  it("names records that are missing: one, several, the first", () => {
    const lines = chain(6);

    expect(faults(lines.filter((_, index) => index !== 2))).toStrictEqual([
      "missing 3: Record 3 is missing before line 3.",
    ]);
    expect(faults(lines.filter((_, index) => index < 1 || index > 3))).toStrictEqual([
      "missing 2: Records 2 to 4 (3) are missing before line 2.",
    ]);
    expect(faults(lines.slice(1))).toStrictEqual(["missing 1: Record 1 is missing before line 1."]);
  });

  it("names records that were moved, and one that stands there twice", () => {
    const [a = "", b = "", c = "", d = ""] = chain(4);

    expect(faults([a, c, b, d])).toStrictEqual([
      "moved 2: Record 3 stands in line 2, after record 1.",
      "moved 3: Record 2 stands in line 3, after record 3.",
      "moved 4: Record 4 stands in line 4, after record 2.",
    ]);
    expect(faults([a, b, b, c])).toStrictEqual(["moved 3: Record 2 stands in line 3, after record 2."]);
  });

  it("names a line that is not a record, also as the last one", () => {
    const lines = chain(4);
    lines[1] = "{}";

    expect(faults(lines)).toStrictEqual(["unreadable 2: Line 2 is not a record."]);
    expect(verifyDay(today, [...chain(1), "{}"], []).end.number).toBe(2);
  });

  it("sees a chain whose beginning was cut off and numbered anew", () => {
    const lines = chain(3).map((line) =>
      line.replace(/"number":(\d)/, (_, number) => `"number":${Number(number) - 1}`),
    );

    expect(faults(lines.slice(1))[0]).toBe("changed 1: Record 1 names a record before it, though it is the first.");
  });

  it("sees a last record that was cut off or changed, where its hash is known from elsewhere", () => {
    const lines = chain(3);
    const end = endOf(lines);

    expect(faults(lines.slice(0, 2))).toStrictEqual([]);
    expect(faults(lines.slice(0, 2), [end])).toStrictEqual([
      "cutOff 2: The records up to number 3 that were noted are not all there.",
    ]);
    expect(faults([], [end])).toStrictEqual(["cutOff 0: All records are missing, 3 of them were noted."]);
    const changed = [...lines.slice(0, 2), (lines[2] ?? "").replace("Approved", "Rejected")];
    expect(faults(changed, [end])).toStrictEqual(["changed 3: Record 3 is not as it was when its hash was noted."]);
  });

  it("sees that all was written anew, where a hash is known from elsewhere", () => {
    const end = endOf(chain(3));
    const forged = chain(3, undefined, (number) => anAuditEntry(number, { by: "rule other" }));

    expect(faults(forged)).toStrictEqual([]);
    expect(faults(forged, [end])).toStrictEqual(["changed 3: Record 3 is not as it was when its hash was noted."]);
  });

  it("sees any character that changes, any line that goes and any two that change places", () => {
    const lines = chain(6);
    const end = endOf(lines);
    const index = fc.nat({ max: lines.length - 1 });
    const edits = fc.oneof(
      fc.tuple(index, fc.nat(), fc.constantFrom("0", "x", '"', " ")).map(([at, where, character]) => {
        const line = lines[at] ?? "";
        const place = where % line.length;
        return lines.with(at, line.slice(0, place) + character + line.slice(place + 1));
      }),
      index.map((at) => lines.filter((_, each) => each !== at)),
      fc.tuple(index, index).map(([a, b]) => lines.with(a, lines[b] ?? "").with(b, lines[a] ?? "")),
      index.map((at) => lines.toSpliced(at, 0, lines[at] ?? "")),
    );
    fc.assert(
      fc.property(edits, (edited) => {
        const same = edited.join("\n") === lines.join("\n");
        expect(faults(edited, [end]).length > 0).toBe(!same);
      }),
    );
  });
});

describe("dayBeforeOf", () => {
  it("is what the first record says", () => {
    const dayBefore = { day: "2026-03-01", number: 3, hash: "ab" };

    expect(dayBeforeOf(chain(2, dayBefore))).toStrictEqual(dayBefore);
    expect(dayBeforeOf(chain(2))).toBeUndefined();
    expect(dayBeforeOf([])).toBeUndefined();
    expect(dayBeforeOf(["x"])).toBeUndefined();
  });
});
