import { describe, expect, it } from "vitest";
import { type Checked, checkUpExitCode, clockFound, failedCheck } from "../../shared/core/check-up.ts";
import { AppError, asAppError } from "../../shared/core/errors.ts";

const now = Date.UTC(2026, 4, 14, 12);

function at(ms: number): string {
  return new Date(now + ms).toUTCString();
}

const well: Checked = { name: "rules", ms: 1, status: "ok", text: "" };
const warning: Checked = { name: "source hr", ms: 1, status: "warning", text: "" };
const secret: Checked = { name: "secret a", ms: 1, ...failedCheck(new AppError("SECRET_UNAVAILABLE", "Cannot")) };
const target: Checked = { name: "target a", ms: 1, ...failedCheck(new AppError("APIM_FORBIDDEN", "Cannot")) };

describe("checkUpExitCode()", () => {
  it("is the one of the first failure, else 1 for a warning, else 0", () => {
    expect(checkUpExitCode([well, { ...well, status: "notTried" }])).toBe(0);
    expect(checkUpExitCode([well, warning])).toBe(1);
    expect(checkUpExitCode([warning, target, secret])).toBe(4);
    expect(checkUpExitCode([warning, secret, target])).toBe(3);
  });
});

describe("failedCheck()", () => {
  it("has code, sentence and what to do", () => {
    expect(failedCheck(new AppError("APIM_FORBIDDEN", "Cannot read"))).toEqual({
      status: "failed",
      code: "APIM_FORBIDDEN",
      text: "Cannot read",
      todo: 'give the identity the role "API Management Service Contributor" on the service',
    });
  });

  it("says what an error said that nobody expected", () => {
    expect(failedCheck(asAppError(new Error("odd"))).text).toMatch(/did not expect, see its cause: odd$/);
    expect(failedCheck(new AppError("BUG", "Cannot")).text).toBe("Cannot");
  });
});

describe("clockFound()", () => {
  it("tells how far this clock is from the service's, and warns from two minutes on", () => {
    expect(clockFound(at(-1_000), now)).toEqual({ status: "ok", text: "the clocks agree" });
    expect(clockFound(at(-30_000), now)).toEqual({ status: "ok", text: "this clock is 30 s ahead of the service's" });
    expect(clockFound(at(30_000), now)).toEqual({ status: "ok", text: "this clock is 30 s behind the service's" });
    expect(clockFound(at(600_000), now)).toEqual({
      status: "warning",
      text: "this clock is 10 min behind the service's",
    });
  });

  it("makes nothing of an answer without a date", () => {
    expect(clockFound(undefined, now).status).toBe("ok");
    expect(clockFound("yesterday", now).status).toBe("ok");
  });
});
