import { describe, expect, it } from "vitest";
import { lastOwnRead } from "../../shared/core/shared-read.ts";
import { aRun, runIdAt } from "../helpers/records.ts";

const asked = { target: "contoso", mode: "apply", purpose: "sync" } as const;

describe("lastOwnRead()", () => {
  it("is when the last run that read for itself ended, or was last heard of", () => {
    const runs = [
      aRun(runIdAt(1), { request: asked, startedAt: 10, updatedAt: 25, finishedAt: 20 }),
      aRun(runIdAt(2), { request: asked, startedAt: 30, updatedAt: 40 }),
      aRun(runIdAt(3), { request: { ...asked, tick: 50 }, startedAt: 50, updatedAt: 90, finishedAt: 90 }),
    ];

    expect(lastOwnRead(runs)).toBe(40);
    expect(lastOwnRead(runs.slice(0, 1))).toBe(20);
  });

  it("is 0 where none has read", () => {
    expect(lastOwnRead([])).toBe(0);
    expect(lastOwnRead([aRun(runIdAt(1), { request: asked, updatedAt: 70 })])).toBe(0);
  });
});
