import { describe, expect, it } from "vitest";
import { addDays, createCalendar, epochMs } from "../../shared/core/calendar.ts";

describe("createCalendar()", () => {
  it("says which day it is in each zone at one instant", () => {
    const calendar = createCalendar(Date.parse("2026-03-02T10:30:00Z"));

    expect(calendar.today("Etc/GMT+12")).toBe("2026-03-01");
    expect(calendar.today("Europe/Stockholm")).toBe("2026-03-02");
    expect(calendar.today("Pacific/Kiritimati")).toBe("2026-03-03");
    expect(calendar.today("Pacific/Kiritimati")).toBe("2026-03-03");
    expect(calendar.now).toBe(1772447400000);
  });

  it("begins a day at its first existing instant where clocks skip midnight", () => {
    const before = createCalendar(Date.parse("2026-04-23T21:59:59Z"));
    const at = createCalendar(Date.parse("2026-04-23T22:00:00Z"));

    expect(before.today("Africa/Cairo")).toBe("2026-04-23");
    expect(at.today("Africa/Cairo")).toBe("2026-04-24");
  });

  it("refuses a zone that does not exist", () => {
    expect(() => createCalendar(0).today("Mars/Olympus")).toThrow(RangeError);
  });
});

describe("addDays()", () => {
  it("counts calendar days over the ends of months and years", () => {
    expect(addDays("2026-12-30", 3)).toBe("2027-01-02");
    expect(addDays("2028-03-01", -1)).toBe("2028-02-29");
    expect(addDays("2026-03-02", 0)).toBe("2026-03-02");
  });
});

describe("epochMs()", () => {
  it("reads an ISO instant and gives undefined for a text that others have spoilt", () => {
    expect(epochMs("2026-02-01T00:00:00Z")).toBe(1769904000000);
    expect(epochMs("last spring")).toBeUndefined();
  });
});
