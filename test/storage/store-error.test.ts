import { once } from "node:events";
import { afterEach, describe, expect, it, vi } from "vitest";
import { callStore } from "../../shared/storage/store-error.ts";

afterEach(() => {
  vi.restoreAllMocks();
});

describe("callStore()", () => {
  it("lets dozens of calls wait for one signal, without a warning of Node", async () => {
    const warned = vi.spyOn(process, "emitWarning").mockImplementation(() => undefined);
    const stop = new AbortController();
    // As the storage clients do: each request listens for itself.
    const waiting = Array.from({ length: 40 }, () => callStore("wait", stop.signal, () => once(stop.signal, "abort")));

    stop.abort();

    await Promise.all(waiting);
    expect(warned).not.toHaveBeenCalled();
  });
});
