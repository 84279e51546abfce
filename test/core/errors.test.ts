import { describe, expect, it } from "vitest";
import { AppError, asAppError, errorCodes } from "../../shared/core/errors.ts";

describe("AppError", () => {
  it("carries code, sentence, context and cause, and knows whether trying again can help", () => {
    const cause = new Error("socket closed");

    const error = new AppError("NETWORK", "Cannot read users: the connection broke", { context: { page: 2 }, cause });

    expect(error).toMatchObject({ code: "NETWORK", retryable: true, context: { page: 2 }, cause, name: "AppError" });
    expect(new AppError("BUG", "Cannot go on")).toMatchObject({ retryable: false, context: {} });
    expect(new AppError("BUG", "Cannot go on").cause).toBeUndefined();
  });
});

describe("asAppError()", () => {
  it("gives an AppError back as it is and wraps anything else as a defect", () => {
    const known = new AppError("TIMEOUT", "Cannot read users: no answer within 30 s");
    const strange = new TypeError("x is undefined");

    expect(asAppError(known)).toBe(known);
    expect(asAppError(strange)).toMatchObject({ code: "BUG", cause: strange });
  });
});

describe("errorCodes", () => {
  it("give configuration 2, what cannot be reached 3, what refuses 4 and a defect 70", () => {
    expect(errorCodes.CONFIG_INVALID.exitCode).toBe(2);
    expect(errorCodes.APIM_UNAVAILABLE.exitCode).toBe(3);
    expect(errorCodes.APIM_FORBIDDEN.exitCode).toBe(4);
    expect(errorCodes.BUG.exitCode).toBe(70);
  });
});
