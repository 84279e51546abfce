import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseCalendarDate, parseEndDate } from "../../shared/people/calendar-date.ts";

describe("parseCalendarDate", () => {
  it.each([
    ["2025-05-14", "2025-05-14"],
    ["2024-02-29", "2024-02-29"],
    ["2025-05-14T00:00:00+02:00", "2025-05-14"],
    ["2025-05-14T00:00:00+14:00", "2025-05-14"],
    ["2025-05-14T23:59:59.999-12:00", "2025-05-14"],
    ["2025-05-14T00:00:00Z", "2025-05-14"],
    ["2025-05-14 00:00:00", "2025-05-14"],
    ["2025-05-14-07:00", "2025-05-14"],
    ["2025-05-14+13:00", "2025-05-14"],
    ["2025-05-14Z", "2025-05-14"],
    ["/Date(1747180800000)/", "2025-05-14"],
    ["/Date(1747180800000+0000)/", "2025-05-14"],
    ["/Date(1747173600000+0200)/", "2025-05-14"],
    ["/Date(1747173600000+120)/", "2025-05-14"],
    ["/Date(1747173600000+0120)/", "2025-05-14"],
    ["/Date(1747198800000-0500)/", "2025-05-14"],
    ["/Date(1747198800000-300)/", "2025-05-14"],
    ["/Date(1747170000000+0300)/", "2025-05-14"],
    ["/Date(1747161000000+0530)/", "2025-05-14"],
    ["/Date(-62135596800000)/", "0001-01-01"],
    ["9999-12-31", "9999-12-31"],
  ])("reads %s as the date that it names, never as an instant", (text, date) => {
    expect(parseCalendarDate(text)).toEqual({ kind: "date", date });
  });

  it.each(["", "0000-00-00", "0000-00-00 00:00:00"])("takes %j as no date", (text) => {
    expect(parseCalendarDate(text)).toEqual({ kind: "none" });
  });

  it.each([
    "2025-02-29",
    "2025-04-31",
    "2025-13-01",
    "2025-00-10",
    "2025-01-00",
    "0000-01-01x",
    "2025-5-14",
    "14.05.2025",
    "05/14/2025",
    "14-05-2025",
    "45791",
    "20250514",
    "2025-05-14T25:00:00Z",
    "2025-05-14-07",
    "2025-05-14-0700",
    "/Date(1747191600000-0300)/",
    "/Date(1747180800000+0999)/",
    "/Date(1747180800000+7)/",
    "/Date(1747180800000+)/",
    "/Date(999999999999999)/",
    "/Date()/",
    "2025-05-14 Wed",
    "tomorrow",
  ])("refuses %s, which is no day or can be read in two ways", (text) => {
    expect(parseCalendarDate(text)).toEqual({ kind: "invalid" });
  });

  it("gives every real day back as it was written", () => {
    const days = fc.date({
      min: new Date("0001-01-01T00:00:00Z"),
      max: new Date("9998-12-31T00:00:00Z"),
      noInvalidDate: true,
    });
    fc.assert(
      fc.property(days, (day) => {
        const date = day.toISOString().slice(0, 10);
        expect(parseCalendarDate(date)).toEqual({ kind: "date", date });
        expect(parseCalendarDate(`/Date(${day.getTime()})/`)).toEqual({ kind: "date", date });
      }),
    );
  });
});

describe("parseEndDate", () => {
  it.each(["", "0000-00-00", "9999-12-31", "4712-12-31", "/Date(253402214400000)/", "9999-12-31T00:00:00Z"])(
    "takes %j as no end",
    (text) => {
      expect(parseEndDate(text)).toEqual({ kind: "none" });
    },
  );

  it("keeps a real end and refuses what is no date", () => {
    expect(parseEndDate("2025-05-14")).toEqual({ kind: "date", date: "2025-05-14" });
    expect(parseEndDate("never")).toEqual({ kind: "invalid" });
  });
});
