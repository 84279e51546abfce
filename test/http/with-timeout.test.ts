import { describe, expect, it } from "vitest";
import { abortable } from "../../shared/http/aborted.ts";
import type { HttpRequest, Transport } from "../../shared/http/transport.ts";
import { type Timer, withTimeout } from "../../shared/http/with-timeout.ts";

const get: HttpRequest = { method: "GET", url: "http://127.0.0.1/users", headers: {} };
const hanging: Transport = (_, signal) => abortable(new Promise(() => undefined), signal);

/** A timer that the test fires. */
function manual() {
  const started: { ms: number; fire: () => void; cancelled: boolean }[] = [];
  const timer: Timer = (ms, fire) => {
    const entry = { ms, fire, cancelled: false };
    started.push(entry);
    return () => {
      entry.cancelled = true;
    };
  };
  return { timer, started };
}

describe("withTimeout", () => {
  it("ends an attempt that hangs with TIMEOUT", async () => {
    const { timer, started } = manual();
    const send = withTimeout(hanging, { timeoutMs: 60_000, timer });

    const sent = send(get, new AbortController().signal);
    started[0]?.fire();

    await expect(sent).rejects.toMatchObject({ code: "TIMEOUT", context: { timeoutMs: 60_000 } });
    expect(started.map(({ ms }) => ms)).toEqual([60_000]);
  });

  it("leaves a stop of the caller a stop", async () => {
    const caller = new AbortController();
    const send = withTimeout(hanging, { timeoutMs: 60_000, timer: manual().timer });

    const sent = send(get, caller.signal);
    caller.abort();

    await expect(sent).rejects.toMatchObject({ code: "ABORTED" });
  });

  it("cancels its timer with the answer", async () => {
    const { timer, started } = manual();
    const answer: Transport = async () => ({ status: 200, headers: new Map(), body: "" });

    await withTimeout(answer, { timeoutMs: 60_000, timer })(get, new AbortController().signal);

    expect(started.map(({ cancelled }) => cancelled)).toEqual([true]);
  });

  it("uses the machine's own timer where none is given", async () => {
    const sent = withTimeout(hanging, { timeoutMs: 1 })(get, new AbortController().signal);

    await expect(sent).rejects.toMatchObject({ code: "TIMEOUT" });
  });
});
