import { describe, expect, it } from "vitest";
import type { Checked } from "../../shared/core/check-up.ts";
import { AppError } from "../../shared/core/errors.ts";
import { checkUp, type Probe } from "../../shared/flows/check-up.ts";

const { signal } = new AbortController();

function probe(name: string, needs: readonly string[], failure?: AppError): Probe {
  return {
    name,
    needs,
    async run() {
      if (failure !== undefined) throw failure;
      return { status: "ok", text: `${name} answers` };
    },
  };
}

async function* steps(...all: readonly (readonly Probe[])[]) {
  yield* all;
}

function world() {
  const done: Checked[] = [];
  let now = 0;
  return { done, world: { clock: { now: () => (now += 5) }, done: (checked: Checked) => void done.push(checked) } };
}

describe("checkUp()", () => {
  it("goes on after a failure, with what does not rest on it", async () => {
    const away = new AppError("SECRET_UNAVAILABLE", "Cannot read it");
    const all = steps(
      [probe("vault", [], away)],
      [probe("secret", ["vault"])],
      [probe("target", ["secret"]), probe("mail", [])],
    );
    const { done, world: given } = world();

    const checks = await checkUp(all, given, signal);

    expect(checks.map(({ name, status, text }) => [name, status, text])).toEqual([
      ["vault", "failed", "Cannot read it"],
      ["secret", "notTried", 'it needs "vault", see there'],
      ["target", "notTried", 'it needs "secret", see there'],
      ["mail", "ok", "mail answers"],
    ]);
    expect(checks.map(({ ms }) => ms)).toEqual([5, 0, 0, 5]);
    expect(done).toEqual(checks);
  });

  it("goes on to what needs a thing that was left out by intent", async () => {
    const leftOut: Probe = { name: "a", needs: [], run: async () => ({ status: "notTried", text: "--quick" }) };

    const checks = await checkUp(steps([leftOut], [probe("b", ["a"])]), world().world, signal);

    expect(checks.map(({ status }) => status)).toEqual(["notTried", "ok"]);
  });

  it("ends when it is stopped", async () => {
    const stop = new AbortController();
    const stopped = new AppError("ABORTED", "Cannot go on");
    const last: Probe = {
      name: "a",
      needs: [],
      async run() {
        stop.abort(stopped);
        throw stopped;
      },
    };

    await expect(checkUp(steps([last], [probe("b", [])]), world().world, stop.signal)).rejects.toBe(stopped);
  });
});
