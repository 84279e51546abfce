import type { AccessToken } from "@azure/identity";
import { describe, expect, it } from "vitest";
import { createBearerCredential } from "../../shared/apim/bearer.ts";
import { createFixedClock } from "../http/fixed-clock.ts";

const { signal } = new AbortController();
const hour = 3_600_000;

/** An identity whose tokens are `t1`, `t2`, … and live for an hour. */
function createIdentity(
  clock: { now(): number },
  change: (token: AccessToken, count: number) => AccessToken = (t) => t,
) {
  const scopes: (string | string[])[] = [];
  return {
    scopes,
    async getToken(scope: string | string[]) {
      scopes.push(scope);
      const token = { token: `t${scopes.length}`, expiresOnTimestamp: clock.now() + hour };
      return change(token, scopes.length);
    },
  };
}

describe("createBearerCredential", () => {
  it("asks for a token of Azure Resource Manager once for requests that start together", async () => {
    const clock = createFixedClock();
    const identity = createIdentity(clock);
    const credential = createBearerCredential({ identity, clock });

    const together = await Promise.all([credential.authorization([], signal), credential.authorization([], signal)]);

    expect(together).toEqual(["Bearer t1", "Bearer t1"]);
    expect(identity.scopes).toEqual(["https://management.azure.com/.default"]);
  });

  it("renews the token five minutes before it ends", async () => {
    const clock = createFixedClock();
    const credential = createBearerCredential({ identity: createIdentity(clock), clock });
    await credential.authorization([], signal);

    clock.advance(hour - 300_001);
    expect(await credential.authorization([], signal)).toBe("Bearer t1");
    clock.advance(1);

    expect(await credential.authorization([], signal)).toBe("Bearer t2");
  });

  it("renews when the identity says so", async () => {
    const clock = createFixedClock();
    const refreshAfterTimestamp = clock.now() + 60_000;
    const identity = createIdentity(clock, (token) => ({ ...token, refreshAfterTimestamp }));
    const credential = createBearerCredential({ identity, clock });
    await credential.authorization([], signal);

    clock.advance(60_000);

    expect(await credential.authorization([], signal)).toBe("Bearer t2");
  });

  it("asks once more after a refusal, then ends", async () => {
    const clock = createFixedClock();
    const credential = createBearerCredential({ identity: createIdentity(clock), clock });
    await credential.authorization([], signal);

    expect(await credential.authorization(["Bearer t1"], signal)).toBe("Bearer t2");
    expect(await credential.authorization(["Bearer t1", "Bearer t2"], signal)).toBeUndefined();
  });

  it("ends when the identity gives the refused token again", async () => {
    const clock = createFixedClock();
    const identity = createIdentity(clock, (token) => ({ ...token, token: "same" }));
    const credential = createBearerCredential({ identity, clock });
    await credential.authorization([], signal);

    expect(await credential.authorization(["Bearer same"], signal)).toBeUndefined();
  });

  it.each([
    [
      "fails",
      () => Promise.reject(Object.assign(new Error("secret detail"), { name: "CredentialUnavailableError" })),
      "CredentialUnavailableError",
    ],
    ["gives nothing", async () => null, "no token"],
  ])("is APIM_UNAUTHORIZED when the identity %s", async (_, getToken, reason) => {
    const credential = createBearerCredential({ identity: { getToken }, clock: createFixedClock() });

    const refused = credential.authorization([], signal);

    await expect(refused).rejects.toMatchObject({ code: "APIM_UNAUTHORIZED", context: { reason } });
    await expect(refused).rejects.toThrow(/^((?!secret detail).)*$/);
  });

  it("asks for the scope of another cloud", async () => {
    const clock = createFixedClock();
    const identity = createIdentity(clock);
    const scope = "https://management.chinacloudapi.cn/.default";

    await createBearerCredential({ identity, clock, scope }).authorization([], signal);

    expect(identity.scopes).toEqual([scope]);
  });
});
