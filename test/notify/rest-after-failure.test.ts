import { describe, expect, it } from "vitest";
import { AppError, type ErrorCode } from "../../shared/core/errors.ts";
import { restAfterFailure } from "../../shared/notify/rest-after-failure.ts";
import type { Notice } from "../../shared/request-ports.ts";

const signal = new AbortController().signal;
const notice: Notice = { kind: "decided", id: "1", to: [], subject: "Decided", lines: [] };

function start(outcomes: readonly (ErrorCode | "sent")[]) {
  const left = outcomes.values();
  const seen: string[] = [];
  let time = 1_000_000;
  const way = {
    name: "webhook",
    async send() {
      const outcome = left.next().value ?? "sent";
      seen.push(outcome);
      if (outcome !== "sent") throw new AppError(outcome, "Cannot send");
      return [];
    },
  } as const;
  const rest = { until: 0 };
  return {
    seen,
    // As in the app, where each notice may come by another object over the same rest.
    send: () => restAfterFailure(way, rest, { now: () => time }).send(notice, signal),
    advance: (ms: number) => {
      time += ms;
    },
  };
}

describe("restAfterFailure()", () => {
  it.each(["NETWORK", "TIMEOUT"] as const)("does not try for a minute after %s, and then again", async (code) => {
    const { send, seen, advance } = start([code, "sent", "sent"]);

    await expect(send()).rejects.toMatchObject({ code });
    advance(59_999);
    await expect(send()).rejects.toMatchObject({ code: "NETWORK" });
    expect(seen).toEqual([code]);
    advance(1);
    expect([await send(), await send()]).toEqual([[], []]);
  });

  it.each(["CONFIG_INVALID", "SECRET_UNAVAILABLE", "ABORTED"] as const)("tries on after %s", async (code) => {
    const { send, seen } = start([code, "sent"]);

    await expect(send()).rejects.toMatchObject({ code });
    await send();
    expect(seen).toEqual([code, "sent"]);
  });
});
