// How the tests of the simulator speak to it: plain fetch through either door, and the official SDK through the ARM door.
import { createHmac } from "node:crypto";
import { ApiManagementClient } from "@azure/arm-apimanagement";
import type { ApimSimulator } from "../../../dev/apim/apim-simulator.ts";

export const placeholderPath = "/subscriptions/sid/resourceGroups/rgid/providers/Microsoft.ApiManagement/service/sid";

/** A JWT that nobody signed. */
export function jwt(claims: Readonly<Record<string, unknown>> = {}): string {
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const payload = { aud: "https://management.azure.com", exp: Date.UTC(2100, 0, 1) / 1000, oid: "tester", ...claims };
  return `${part({ alg: "HS256", typ: "JWT" })}.${part(payload)}.${Buffer.from("unchecked").toString("base64url")}`;
}

/** A long-form token, made here anew so that the simulator does not check itself. */
export function sasToken(
  simulator: ApimSimulator,
  expiry = "2100-01-01T00:00:00.0000000Z",
  key = simulator.primaryKey,
): string {
  const mac = createHmac("sha512", key).update(`${simulator.identifier}\n${expiry}`).digest("base64");
  return `uid=${simulator.identifier}&ex=${expiry}&sn=${mac}`;
}

/** Answers have many shapes, so the body is typed as the parser types it. */
export type Reply = {
  readonly status: number;
  readonly headers: Headers;
  readonly body: ReturnType<typeof JSON.parse>;
};

export type Ask = (
  method: string,
  path: string,
  options?: { readonly body?: unknown; readonly ifMatch?: string; readonly authorization?: string },
) => Promise<Reply>;

/** Requests with a base path and an api-version; `path` may bring a query of its own. */
export function asker(
  simulator: ApimSimulator,
  base: string,
  version: string | undefined,
  authorization: () => string,
): Ask {
  return async (method, path, options = {}) => {
    const url = new URL(`${simulator.address}${base}${path}`);
    if (version !== undefined) url.searchParams.set("api-version", version);
    const response = await fetch(url, {
      method,
      headers: {
        Authorization: options.authorization ?? authorization(),
        ...(options.ifMatch === undefined ? {} : { "If-Match": options.ifMatch }),
        ...(options.body === undefined ? {} : { "Content-Type": "application/json" }),
      },
      ...(options.body === undefined ? {} : { body: JSON.stringify(options.body) }),
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, body: text === "" ? undefined : JSON.parse(text) };
  };
}

export function armDoor(simulator: ApimSimulator, version = "2024-05-01"): Ask {
  return asker(simulator, simulator.resourceId, version, () => `Bearer ${jwt()}`);
}

/** The direct door with flat paths. */
export function flatDoor(simulator: ApimSimulator, version: string | undefined = "2017-03-01"): Ask {
  return asker(simulator, "", version, () => `SharedAccessSignature ${sasToken(simulator)}`);
}

/** The direct door with ARM-shaped paths of placeholders. */
export function shapedDoor(simulator: ApimSimulator, version = "2021-08-01"): Ask {
  return asker(simulator, placeholderPath, version, () => `SharedAccessSignature ${sasToken(simulator)}`);
}

/** The official client at the ARM door, over plain HTTP on loopback. Its own bearer policy refuses plain HTTP whatever
 * the options say, so a policy that does the same without that check takes its place. */
export function sdkClient(simulator: ApimSimulator): ApiManagementClient {
  const credential = { getToken: async () => ({ token: jwt(), expiresOnTimestamp: Date.UTC(2100, 0, 1) }) };
  const subscriptionId = simulator.resourceId.split("/")[2];
  if (subscriptionId === undefined) throw new Error("The resource id has no subscription");
  const client = new ApiManagementClient(credential, subscriptionId, {
    endpoint: simulator.address,
    $host: simulator.address,
    allowInsecureConnection: true,
    retryOptions: { maxRetries: 0 },
  });
  client.pipeline.removePolicy({ name: "bearerTokenAuthenticationPolicy" });
  client.pipeline.addPolicy({
    name: "bearerOverPlainHttp",
    sendRequest(request, next) {
      request.headers.set("Authorization", `Bearer ${jwt()}`);
      return next(request);
    },
  });
  return client;
}

/** All items of a paged SDK list. */
export async function all<T>(items: AsyncIterable<T>): Promise<readonly T[]> {
  const result: T[] = [];
  for await (const item of items) result.push(item);
  return result;
}
