import { describe, expect, it } from "vitest";
import { retryAfterMs } from "../../shared/http/retry-after.ts";

const noon = Date.UTC(2024, 4, 14, 12);

describe("retryAfterMs", () => {
  it.each([
    ["seconds", { "retry-after": "17" }, 17_000],
    ["zero seconds", { "retry-after": "0" }, 0],
    ["an HTTP date ahead", { "retry-after": "Tue, 14 May 2024 12:00:30 GMT" }, 30_000],
    ["an HTTP date that has passed", { "retry-after": "Tue, 14 May 2024 11:00:00 GMT" }, 0],
    ["retry-after-ms before Retry-After", { "retry-after-ms": "250", "retry-after": "9" }, 250],
    ["x-ms-retry-after-ms before Retry-After", { "x-ms-retry-after-ms": "125", "retry-after": "9" }, 125],
  ])("reads %s", (_, headers, expected) => {
    expect(retryAfterMs(new Map(Object.entries(headers)), noon)).toBe(expected);
  });

  it.each([
    ["no header", {}],
    ["a word", { "retry-after": "soon" }],
    ["a negative number of milliseconds", { "retry-after-ms": "-5" }],
  ])("gives nothing for %s", (_, headers) => {
    expect(retryAfterMs(new Map(Object.entries(headers)), noon)).toBeUndefined();
  });
});
