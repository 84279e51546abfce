import { createBearerCredential } from "../../shared/apim/bearer.ts";
import { describeApimContract } from "./apim-contract.ts";
import { startSimulatedApim } from "./simulated-apim.ts";

/** A token for Azure Resource Manager that nobody signed. */
function unsignedToken(expiresOnTimestamp: number): string {
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const claims = { aud: "https://management.azure.com", exp: Math.floor(expiresOnTimestamp / 1000), oid: "contract" };
  return `${part({ alg: "none", typ: "JWT" })}.${part(claims)}.`;
}

function bearerCredential() {
  const identity = {
    async getToken() {
      const expiresOnTimestamp = Date.now() + 3_600_000;
      return { token: unsignedToken(expiresOnTimestamp), expiresOnTimestamp };
    },
  };
  return createBearerCredential({ identity, clock: { now: Date.now, sleep: async () => undefined } });
}

for (const apiVersion of ["2021-08-01", "2024-05-01"]) {
  describeApimContract(`arm door, ${apiVersion}`, () =>
    startSimulatedApim(
      ({ address, resourceId }) => ({ kind: "arm", resourceId, endpoint: address, apiVersion }),
      bearerCredential,
    ),
  );
}
