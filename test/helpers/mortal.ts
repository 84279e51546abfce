// Ports that fail and processes that die, at chosen calls, in a chosen order: every call waits until its turn comes, so
// that two processes interleave in every way that they can.
import { AppError, type ErrorCode } from "../../shared/core/errors.ts";

/** What happens at the n-th call of a process: `before` and `after` the call's effect. */
export type Fate = { readonly at: number; readonly what: "fail" | "die"; readonly when: "before" | "after" };

class Died extends Error {}

export function isDeath(error: unknown): boolean {
  return error instanceof Died;
}

export type Turns = {
  /** Resolves when it is the caller's turn. */
  wait(): Promise<void>;
  /** Gives turns until all of the work has ended. */
  run(work: readonly Promise<unknown>[]): Promise<void>;
};

/** Turns in an order that `random`, a number in [0, 1), chooses. */
export function createTurns(random: () => number): Turns {
  const waiting: (() => void)[] = [];
  return {
    wait: () => new Promise((resolve) => void waiting.push(resolve)),
    async run(work) {
      let open = true;
      const ended = Promise.all(work).finally(() => {
        open = false;
      });
      while (open) {
        const [next] = waiting.splice(Math.floor(random() * waiting.length), 1);
        next?.();
        // A whole round of the event loop: whatever the call started goes on until it waits again.
        await new Promise((resolve) => setImmediate(resolve));
      }
      await ended;
    },
  };
}

export type Life = {
  /** The port, whose outages have that code: STORE_UNAVAILABLE unless stated. */
  wrap<T extends object>(port: T, code?: ErrorCode): T;
};

/** One process's life: the calls of all ports that it wraps are counted together. The dead do nothing any more. */
export function createLife(fates: readonly Fate[], turns: Pick<Turns, "wait">): Life {
  let calls = 0;
  let dead = false;
  const meet = (call: number, when: Fate["when"], code: ErrorCode): void => {
    if (dead) throw new Died();
    const fate = fates.find((each) => each.at === call && each.when === when);
    if (fate === undefined) return;
    dead = fate.what === "die";
    if (dead) throw new Died();
    throw new AppError(code, "Cannot go on: an outage of the test");
  };
  const live = async (work: () => unknown, code: ErrorCode): Promise<unknown> => {
    calls += 1;
    const call = calls;
    await turns.wait();
    meet(call, "before", code);
    const result = await work();
    meet(call, "after", code);
    return result;
  };
  return {
    wrap: (port, code = "STORE_UNAVAILABLE") =>
      new Proxy(port, {
        get(target, name) {
          const value: unknown = Reflect.get(target, name);
          return typeof value === "function"
            ? (...args: unknown[]) => live(() => Reflect.apply(value, target, args), code)
            : value;
        },
      }),
  };
}
