import { describe, expect, it } from "vitest";
import { abortable } from "../../shared/http/aborted.ts";
import { createSingleFlight } from "../../shared/http/single-flight.ts";

const { signal } = new AbortController();

describe("createSingleFlight", () => {
  it("does the work once for everybody who asks meanwhile, and again later", async () => {
    const flight = createSingleFlight<number>();
    let done = 0;
    const work = async () => {
      done += 1;
      return done;
    };

    expect(await Promise.all([flight(work, signal), flight(work, signal), flight(work, signal)])).toEqual([1, 1, 1]);
    expect(await flight(work, signal)).toBe(2);
  });

  it("lets one caller stop without stopping the others", async () => {
    const flight = createSingleFlight<string>();
    let finish = (_: string) => {};
    const work = () => new Promise<string>((resolve) => (finish = resolve));
    const stopped = new AbortController();
    const first = flight(work, stopped.signal);
    const second = flight(work, signal);

    stopped.abort();
    await expect(first).rejects.toMatchObject({ code: "ABORTED" });
    finish("done");

    expect(await second).toBe("done");
  });

  it("stops the work when the last caller has left", async () => {
    const flight = createSingleFlight<never>();
    const seen: AbortSignal[] = [];
    const stopped = new AbortController();
    const work = (shared: AbortSignal) => {
      seen.push(shared);
      return abortable(new Promise<never>(() => undefined), shared);
    };

    const only = flight(work, stopped.signal);
    stopped.abort();

    await expect(only).rejects.toMatchObject({ code: "ABORTED" });
    expect(seen.map(({ aborted }) => aborted)).toEqual([true]);
  });

  it("starts anew after a failure", async () => {
    const flight = createSingleFlight<string>();

    await expect(flight(() => Promise.reject(new Error("broken")), signal)).rejects.toThrow("broken");

    expect(await flight(async () => "done", signal)).toBe("done");
  });
});
