// Node's HTTP server around the pipeline: bodies in, deliveries out, and the /_sim routes beside them.
import { randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer as createHttpServer } from "node:http";
import { createServer as createHttpsServer } from "node:https";
import type { Answer } from "./answer.ts";
import type { Delivery, RawRequest } from "./request-pipeline.ts";

type ServerParts = {
  readonly host: string;
  readonly port: number;
  /** PEM texts; without them plain HTTP. */
  readonly tls: { readonly key: string; readonly cert: string } | undefined;
  readonly answer: (request: RawRequest) => Promise<Delivery>;
  /** The answer of a /_sim route. */
  readonly control: (method: string, path: string, body: string) => Answer;
};

/** Listens; resolves with the origin (always with a port) and the way to stop. */
export async function listen(parts: ServerParts): Promise<{ readonly address: string; close(): Promise<void> }> {
  const scheme = parts.tls === undefined ? "http" : "https";
  const listener = (request: IncomingMessage, response: ServerResponse): void => {
    serve(parts, scheme, request, response).catch((error: unknown) => {
      // A defect of the simulator: say it where a developer looks, and answer as a broken service would.
      console.error(error);
      if (!response.headersSent)
        send(response, "GET", {
          status: 500,
          json: { error: { code: "InternalServerError", message: String(error), details: null } },
        });
    });
  };
  const server = parts.tls === undefined ? createHttpServer(listener) : createHttpsServer(parts.tls, listener);
  server.keepAliveTimeout = 60_000;
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(parts.port, parts.host, resolve);
  });
  const bound = server.address();
  const port = typeof bound === "object" && bound !== null ? bound.port : parts.port;
  return {
    address: `${scheme}://${parts.host}:${port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function serve(
  parts: ServerParts,
  scheme: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  // The latency counts from here: what this process needs for the body and the answer is within it.
  const arrivedAt = performance.now();
  const { method = "GET", url = "/", headers } = request;
  const body = await readBody(request);
  if (url.startsWith("/_sim/")) return send(response, method, parts.control(method, url, body));
  const host = headers.host ?? "localhost";
  const withPort = /:\d+$/.test(host) ? host : `${host}:${scheme === "http" ? 80 : 443}`;
  const delivery = await parts.answer({
    method,
    url,
    origin: `${scheme}://${withPort}`,
    authorization: headers.authorization,
    ifMatch: headers["if-match"],
    body,
    arrivedAt,
  });
  if (delivery.how === "hang") return;
  if (delivery.how === "close") {
    request.socket.destroy();
    return;
  }
  if ("answer" in delivery) send(response, method, delivery.answer, delivery.how === "half");
}

function readBody(request: IncomingMessage): Promise<string> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => resolve(Buffer.concat(chunks).toString("utf8")));
    request.on("error", reject);
  });
}

function send(response: ServerResponse, method: string, answer: Answer, half = false): void {
  const text = answer.json === undefined ? (answer.text ?? "") : JSON.stringify(answer.json);
  const bytes = Buffer.from(text, "utf8");
  const bodiless = method === "HEAD" || answer.status === 204 || answer.status === 304;
  response.writeHead(answer.status, {
    ...(bytes.length > 0 ? { "Content-Type": "application/json; charset=utf-8" } : {}),
    ...(bodiless ? {} : { "Content-Length": String(bytes.length) }),
    "x-ms-request-id": randomUUID(),
    "x-ms-correlation-request-id": randomUUID(),
    ...answer.headers,
  });
  if (!half) {
    response.end(bodiless ? undefined : bytes);
    return;
  }
  response.write(bytes.subarray(0, Math.floor(bytes.length / 2)), () => response.socket?.destroy());
}
