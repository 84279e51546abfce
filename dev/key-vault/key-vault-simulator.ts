// A simulated Azure Key Vault for the local stack and for tests: secrets over TLS with the challenge, the shapes and the
// errors of the data plane (GET and PUT /secrets), and control routes under /_sim.

import type { IncomingMessage, RequestListener, Server, ServerResponse } from "node:http";
import { createServer as createHttpServer } from "node:http";
import { createServer as createHttpsServer } from "node:https";
import { text } from "node:stream/consumers";
import { z } from "zod";
import { devTenantId, readDevToken } from "../identity/dev-token.ts";
import type { Answer, Fault, RecordedRequest } from "./control-routes.ts";
import { answerControl } from "./control-routes.ts";
import type { SecretVersion } from "./secret-store.ts";
import { createSecretStore } from "./secret-store.ts";

export type KeyVaultSimulatorOptions = {
  /** 0 takes a free port. */
  readonly port: number;
  /** PEM. Without it the simulator speaks plain HTTP, which `SecretClient` refuses. */
  readonly tls?: { readonly key: string; readonly cert: string };
  readonly secrets?: Readonly<Record<string, string>>;
  /** Epoch milliseconds. */
  readonly now?: () => number;
};

export type KeyVaultSimulator = {
  /** Origin on 127.0.0.1, without a path. */
  readonly address: string;
  setSecret(name: string, value: string, options?: { readonly enabled?: boolean }): void;
  addFault(fault: Fault): void;
  clearFaults(): void;
  close(): Promise<void>;
};

const setBodySchema = z.object({
  value: z.string(),
  attributes: z.object({ enabled: z.boolean().optional() }).optional(),
});

// https://learn.microsoft.com/rest/api/keyvault/general/authentication-requests-and-responses: the resource is the
// audience that the token must have, the authorization is the tenant that issues it.
const audience = "https://vault.azure.net";
const challenge = `Bearer authorization="https://login.microsoftonline.com/${devTenantId}", resource="${audience}"`;

/** Starts the vault on 127.0.0.1. */
export async function startKeyVaultSimulator(options: KeyVaultSimulatorOptions): Promise<KeyVaultSimulator> {
  const now = options.now ?? Date.now;
  const secrets = createSecretStore(now);
  for (const [name, value] of Object.entries(options.secrets ?? {})) secrets.set(name, { value });
  const faults: { fault: Fault; left: number }[] = [];
  const requests: RecordedRequest[] = [];
  const addFault = (fault: Fault) => void faults.push({ fault, left: fault.times ?? Number.POSITIVE_INFINITY });
  const clearFaults = () => void faults.splice(0);
  const state = { secrets, requests, addFault, clearFaults };

  function takeFault(name: string): Fault | undefined {
    const found = faults.find(({ fault, left }) => left > 0 && (fault.name === undefined || fault.name === name));
    if (found === undefined) return undefined;
    found.left -= 1;
    return found.fault;
  }

  async function answerSecret(request: IncomingMessage, url: URL, body: unknown): Promise<Answer | "hang" | "close"> {
    const [, collection, name = "", version] = url.pathname.split("/").map(decodeURIComponent);
    const refusal = await refuseBearer(request.headers.authorization, now());
    if (refusal !== undefined) {
      return { ...failure(401, "Unauthorized", refusal), headers: { "WWW-Authenticate": challenge } };
    }
    const fault = takeFault(name);
    if (fault !== undefined) return answerFault(fault);
    const problem = findProblem(url, collection, name);
    if (problem !== undefined) return failure(400, "BadParameter", problem);
    if (request.method === "GET") return readSecret(name, version === "" ? undefined : version);
    if (request.method === "PUT" && version === undefined) return writeSecret(name, body);
    return failure(405, "MethodNotAllowed", "HTTP method is not supported.");
  }

  function readSecret(name: string, version: string | undefined): Answer {
    const secret = secrets.get(name, version);
    if (secret === undefined) {
      const id = version === undefined ? name : `${name}/${version}`;
      return failure(404, "SecretNotFound", `A secret with (name/id) ${id} was not found in this key vault.`);
    }
    if (!secret.enabled) {
      return failure(403, "Forbidden", "Operation get is not allowed on a disabled secret.", "SecretDisabled");
    }
    return { status: 200, body: secretBundle(address, name, secret) };
  }

  function writeSecret(name: string, body: unknown): Answer {
    const parsed = setBodySchema.safeParse(body);
    if (!parsed.success) return failure(400, "BadParameter", "Property value has an invalid value.");
    const { value, attributes } = parsed.data;
    return {
      status: 200,
      body: secretBundle(address, name, secrets.set(name, { value, enabled: attributes?.enabled ?? true })),
    };
  }

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? "/", address);
    const method = request.method ?? "GET";
    const body = parseJson(await text(request));
    if (url.pathname.startsWith("/_sim/")) return send(response, answerControl(method, url.pathname, body, state));
    const answer = await answerSecret(request, url, body);
    requests.push({ method, path: url.pathname, status: typeof answer === "string" ? 0 : answer.status });
    if (answer === "close") request.socket.destroy();
    else if (answer !== "hang") send(response, answer);
  }

  const server = createServer(options.tls, (request, response) => {
    handle(request, response).catch((error: unknown) => response.destroy(error instanceof Error ? error : undefined));
  });
  const port = await listen(server, options.port);
  const address = `${options.tls === undefined ? "http" : "https"}://127.0.0.1:${port}`;

  return {
    address,
    setSecret: (name, value, { enabled = true } = {}) => void secrets.set(name, { value, enabled }),
    addFault,
    clearFaults,
    close: () => close(server),
  };
}

async function refuseBearer(authorization: string | undefined, now: number): Promise<string | undefined> {
  const token = /^Bearer (.+)$/i.exec(authorization ?? "")?.[1];
  if (token === undefined) return "AKV10000: Request is missing a Bearer or PoP token.";
  if ((await readDevToken(token, { resources: [audience], now })) !== undefined) return undefined;
  return "AKV10001: Error validating token: it is for another audience, has expired, or is not of this tenant.";
}

function findProblem(url: URL, collection: string | undefined, name: string): string | undefined {
  if (!url.searchParams.has("api-version")) return "api-version must be specified";
  if (collection === "secrets" && /^[0-9a-zA-Z-]{1,127}$/.test(name)) return undefined;
  return `The request URI contains an invalid name: ${name}`;
}

function secretBundle(
  address: string,
  name: string,
  { value, version, enabled, created, updated }: SecretVersion,
): unknown {
  const attributes = { enabled, created, updated, recoveryLevel: "Recoverable+Purgeable", recoverableDays: 90 };
  return { value, id: `${address}/secrets/${name}/${version}`, attributes, tags: {} };
}

function failure(status: number, code: string, message: string, innerCode?: string): Answer {
  return { status, body: { error: { code, message, ...(innerCode && { innererror: { code: innerCode } }) } } };
}

function answerFault({ status, code = "Fault", innerCode, retryAfter }: Fault): Answer | "hang" | "close" {
  if (typeof status === "string") return status;
  const answer = failure(status, code, "A fault that was scripted.", innerCode);
  return retryAfter === undefined ? answer : { ...answer, headers: { "Retry-After": String(retryAfter) } };
}

function send(response: ServerResponse, { status, headers, body }: Answer): void {
  response.writeHead(status, { ...headers, "Content-Type": "application/json; charset=utf-8" });
  response.end(body === undefined ? undefined : JSON.stringify(body));
}

function parseJson(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

function createServer(tls: KeyVaultSimulatorOptions["tls"], listener: RequestListener): Server {
  return tls === undefined ? createHttpServer(listener) : createHttpsServer({ ...tls }, listener);
}

function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", () => {
      const address = server.address();
      resolve(typeof address === "object" && address !== null ? address.port : port);
    });
  });
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
