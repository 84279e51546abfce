// A simulated App Service managed identity endpoint: what IDENTITY_ENDPOINT and IDENTITY_HEADER point to on Azure.
// Protocol: https://learn.microsoft.com/azure/app-service/overview-managed-identity#rest-endpoint-reference
import { randomUUID } from "node:crypto";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { devClientId, devObjectId, devTenantId, signDevToken } from "./dev-token.ts";

const host = "127.0.0.1";
const path = "/msi/token";
const apiVersion = "2019-08-01";
// Azure gives managed identities tokens of 24 hours.
const lifetimeSeconds = 24 * 60 * 60;

export type IdentitySimulator = {
  /** `http://127.0.0.1:port` */
  readonly address: string;
  /** For IDENTITY_ENDPOINT. */
  readonly endpoint: string;
  /** For IDENTITY_HEADER. */
  readonly header: string;
  close(): Promise<void>;
};

type Answer = { readonly status: number; readonly body: Readonly<Record<string, string | number>> };

/** Starts the endpoint on loopback; port 0 takes a free one. `now` gives epoch milliseconds. */
export async function startIdentitySimulator(options: {
  readonly port: number;
  readonly now?: () => number;
}): Promise<IdentitySimulator> {
  const now = options.now ?? Date.now;
  const header = randomUUID();
  const server = createServer((request, response) => {
    answer(request, header, now()).then(
      ({ status, body }) => {
        response.writeHead(status, { "content-type": "application/json; charset=utf-8" });
        response.end(JSON.stringify(body));
      },
      (error: unknown) => response.destroy(error instanceof Error ? error : undefined),
    );
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(options.port, host, resolve);
  });
  const address = `http://${host}:${portOf(server.address())}`;
  return {
    address,
    endpoint: `${address}${path}`,
    header,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function answer(request: IncomingMessage, header: string, now: number): Promise<Answer> {
  const url = new URL(request.url ?? "/", `http://${host}`);
  if (url.pathname !== path) return refusal(404, `Nothing is served at ${url.pathname}, only at ${path}`);
  if (request.method !== "GET") return refusal(405, "Only GET is answered");
  // Guards against a request that a server was tricked into making: such a request carries no header of its choice.
  if (request.headers["x-identity-header"] !== header) return refusal(401, "X-IDENTITY-HEADER is missing or wrong");
  if (url.searchParams.get("api-version") !== apiVersion) return refusal(400, `api-version must be ${apiVersion}`);
  const resource = url.searchParams.get("resource");
  if (resource === null || resource === "") return refusal(400, "resource is missing");

  const clientId = url.searchParams.get("client_id") ?? devClientId;
  const issuedAt = Math.floor(now / 1000);
  const expiresAt = issuedAt + lifetimeSeconds;
  const token = await signDevToken({
    resource,
    tenantId: devTenantId,
    clientId,
    objectId: devObjectId,
    issuedAt,
    expiresAt,
  });
  return {
    status: 200,
    // The endpoint gives the expiry as text.
    body: { access_token: token, expires_on: String(expiresAt), resource, token_type: "Bearer", client_id: clientId },
  };
}

function refusal(status: number, message: string): Answer {
  return { status, body: { statusCode: status, message } };
}

function portOf(address: AddressInfo | string | null): number {
  if (address === null || typeof address === "string") throw new Error("Cannot serve: the server has no TCP port");
  return address.port;
}
