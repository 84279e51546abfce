// An unsigned token for Resource Manager: the simulator looks at audience and expiry only.
import type { TokenCredential } from "@azure/identity";

const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString("base64url");
const lifeMs = 3_600_000;

/** A token as the managed identity would give it. */
export function armToken(now: number): string {
  return `${part({ alg: "none" })}.${part({ aud: "https://management.azure.com", exp: Math.floor((now + lifeMs) / 1000) })}.`;
}

/** The identity that gives it. */
export const identity: TokenCredential = {
  getToken: async () => ({ token: armToken(Date.now()), expiresOnTimestamp: Date.now() + lifeMs }),
};
