import { describe, expect, it } from "vitest";
import { copyAfter, copyIsDue, isUnsent, onlyWay, readSent } from "../../shared/core/webhook-copy.ts";

const minute = 60_000;
const now = Date.UTC(2026, 4, 14);
const waiting = { since: now - minute, nextAt: now };
const later = { since: now - minute, nextAt: now + 1 };
const over = { since: now - minute };

describe("the webhook's copy", () => {
  it("is due at its time, and never again once it is over", () => {
    expect([undefined, waiting, later, over].map((copy) => copyIsDue(copy, now))).toEqual([false, true, false, false]);
  });

  it("keeps a notice open beside whoever was not told", () => {
    expect(isUnsent({ told: false, copy: over }, now)).toBe(true);
    expect(isUnsent({ told: true, copy: waiting }, now)).toBe(true);
    expect(isUnsent({ told: true, copy: later }, now)).toBe(false);
    expect(isUnsent({ told: true }, now)).toBe(false);
  });

  it("goes alone where mail has it, and mail alone where the webhook has it or waits", () => {
    expect(onlyWay({ told: true, copy: waiting }, now)).toBe("webhook");
    expect(onlyWay({ told: false, copy: over }, now)).toBe("mail");
    expect(onlyWay({ told: false, copy: later }, now)).toBe("mail");
    expect(onlyWay({ told: false, copy: waiting }, now)).toBeUndefined();
    expect(onlyWay({ told: false }, now)).toBeUndefined();
  });

  it("is tried again for three days, less and less often", () => {
    expect(copyAfter(undefined, true, now)).toEqual({ since: now });
    expect(copyAfter(undefined, false, now)).toEqual({ since: now, nextAt: now + minute });
    const since = now - 10 * minute;
    expect(copyAfter({ since, nextAt: now }, false, now)).toEqual({ since, nextAt: now + 10 * minute });
    expect(copyAfter({ since, nextAt: now }, true, now)).toEqual({ since });
    const old = now - 73 * 60 * minute;
    expect(copyAfter({ since: old, nextAt: now }, false, now)).toEqual({ since: old });
  });
});

describe("readSent()", () => {
  it("reads what a note says", () => {
    expect(readSent({ at: 1, told: true, copy: waiting })).toEqual({ told: true, copy: waiting });
    expect(readSent({ told: false, copy: over })).toEqual({ told: false, copy: over });
  });

  it.each([undefined, null, "text", {}, { told: "yes", copy: "x" }, { copy: { nextAt: 1 } }])(
    "says nothing: %j",
    (value) => {
      expect(readSent(value)).toEqual({ told: false });
    },
  );
});
