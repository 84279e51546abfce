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

  it.each([
    ["CredentialUnavailableError", {}, /^Cannot store it: no token could be had for the storage account/],
    ["AuthenticationError", { statusCode: 400 }, /^Cannot store it: the identity was refused a token for the storage/],
    [
      "RestError",
      { code: "DEPTH_ZERO_SELF_SIGNED_CERT" },
      /^Cannot store it: the certificate of the storage account is/,
    ],
    [
      "RestError",
      { code: "ENOTFOUND" },
      /^Cannot store it: no answer came .* ENOTFOUND, .*; check its name and the network$/,
    ],
    [
      "RestError",
      { statusCode: 403 },
      /^Cannot store it: the storage account answered 403, .*; give the app's identity/,
    ],
  ])("blames what is at fault for %s %j", async (name, fields, sentence) => {
    const error = Object.assign(new Error("with a token in it"), { name, ...fields });

    await expect(
      callStore("store it", new AbortController().signal, () => Promise.reject(error)),
    ).rejects.toMatchObject({
      code: "STORE_UNAVAILABLE",
      message: expect.stringMatching(sentence),
    });
  });
});
