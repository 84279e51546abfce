// The HTTP side of the host: routes of HTTP functions with their access levels, and the admin route that starts any other
// function by hand (POST /admin/functions/{name}).

import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer } from "node:http";
import { buffer } from "node:stream/consumers";
import { z } from "zod";
import type { AccessKeys } from "./access-keys.ts";
import { isAllowed, readCredentials, toIdentities } from "./access-keys.ts";
import { toRpcRequest, writeRpcResponse } from "./http-message.ts";
import type { HttpRoute, RouteMatch } from "./http-route.ts";
import { matchRoute, parseRoute } from "./http-route.ts";
import type { Invoker } from "./invoke.ts";
import type { LoadedApp, LoadedFunction } from "./load-app.ts";

export type HttpListenerOptions = {
  readonly app: LoadedApp;
  readonly port: number;
  readonly keys: AccessKeys;
  readonly routePrefix: string;
  readonly invoker: Invoker;
  /** Starts a function that is not an HTTP function; `input` is the queue message. Undefined when there is no such function. */
  readonly start: (name: string, input: string | undefined) => Promise<void> | undefined;
};

export type HttpListener = { readonly address: string; close(): Promise<void> };

const httpTriggerSchema = z.object({
  route: z.string().optional(),
  methods: z.array(z.string()),
  authLevel: z.enum(["anonymous", "function", "admin"]),
});

const adminBodySchema = z.object({ input: z.string().optional() });

/** Listens on 127.0.0.1. Answers that the host gives itself (401, 403, 404, 500) have no body, as on Azure. */
export async function startHttpListener(options: HttpListenerOptions): Promise<HttpListener> {
  const { app, keys, invoker } = options;
  const routes = [...app.functions.values()].flatMap((loaded) => toRoute(loaded, options.routePrefix));

  async function handle(request: IncomingMessage, response: ServerResponse, origin: string): Promise<void> {
    const url = new URL(request.url ?? "/", origin);
    const admin = /^\/admin\/functions\/([^/]+)$/.exec(url.pathname)?.[1];
    if (admin !== undefined) return answer(response, await startByHand(request, url, decodeURIComponent(admin)));
    const match = matchRoute(routes, request.method ?? "GET", url.pathname);
    const loaded = match && app.functions.get(match.functionName);
    if (match === undefined || loaded === undefined) return answer(response, 404);
    await callFunction(request, response, { url, match, loaded });
  }

  async function callFunction(
    request: IncomingMessage,
    response: ServerResponse,
    { url, match, loaded }: { readonly url: URL; readonly match: RouteMatch; readonly loaded: LoadedFunction },
  ): Promise<void> {
    const credentials = readCredentials(keys, readKey(request, url), loaded.name);
    if (!isAllowed(readTrigger(loaded).authLevel, credentials)) return answer(response, 401);
    const body = await buffer(request);
    const http = toRpcRequest(request, body, { url, params: match.params, identities: toIdentities(credentials) });
    const outcome = await invoker.invoke(loaded, { data: { http } });
    if (!outcome.ok) return answer(response, 500);
    writeRpcResponse(response, outcome.response.returnValue);
  }

  async function startByHand(request: IncomingMessage, url: URL, name: string): Promise<number> {
    const credentials = readCredentials(keys, readKey(request, url));
    if (!isAllowed("admin", credentials)) return credentials.level === "anonymous" ? 401 : 403;
    if (request.method !== "POST") return 404;
    const parsed = adminBodySchema.safeParse(parseJson(await buffer(request)));
    if (!parsed.success) return 400;
    const started = options.start(name, parsed.data.input);
    // Nobody waits for it: a failure stands in the log.
    started?.catch(() => undefined);
    return started === undefined ? 404 : 202;
  }

  let closing = false;
  const server = createServer((request, response) => {
    // A connection that is kept alive would keep a closing server open.
    response.once("finish", () => setImmediate(() => closing && server.closeIdleConnections()));
    const origin = `http://${request.headers.host ?? "127.0.0.1"}`;
    handle(request, response, origin).catch(() => (response.headersSent ? response.destroy() : answer(response, 500)));
  });
  const port = await new Promise<number>((resolve, reject) => {
    server.once("error", reject);
    server.listen(options.port, "127.0.0.1", () => {
      const address = server.address();
      resolve(typeof address === "object" && address !== null ? address.port : options.port);
    });
  });

  return {
    address: `http://127.0.0.1:${port}`,
    close: () =>
      new Promise((resolve) => {
        closing = true;
        server.close(() => resolve());
        server.closeIdleConnections();
      }),
  };
}

function readTrigger(loaded: LoadedFunction): z.infer<typeof httpTriggerSchema> {
  return httpTriggerSchema.parse(loaded.trigger.binding);
}

function toRoute(loaded: LoadedFunction, prefix: string): readonly HttpRoute[] {
  if (loaded.trigger.binding.type.toLowerCase() !== "httptrigger") return [];
  const { route = loaded.name, methods } = readTrigger(loaded);
  return [parseRoute({ functionName: loaded.name, template: route, prefix, methods })];
}

function readKey(request: IncomingMessage, url: URL): string | undefined {
  const header = request.headers["x-functions-key"];
  return header === undefined ? (url.searchParams.get("code") ?? undefined) : [header].flat()[0];
}

function parseJson(body: Buffer): unknown {
  if (body.length === 0) return {};
  try {
    return JSON.parse(body.toString("utf8"));
  } catch {
    return undefined;
  }
}

function answer(response: ServerResponse, status: number): void {
  response.writeHead(status, { "content-length": 0 }).end();
}
