// The innermost transport: node-fetch over keep-alive agents. Redirects are answers, never followed, so that no
// credential reaches another origin. Extra certificate authorities come from NODE_EXTRA_CA_CERTS, which Node reads.
import { Agent as HttpAgent } from "node:http";
import { Agent as HttpsAgent } from "node:https";
import { Readable } from "node:stream";
import { AppError } from "../core/errors.ts";
import { abortedError } from "./aborted.ts";
import type { HttpRequest, Transport } from "./transport.ts";

/** The transport over node-fetch, which is loaded with the first request. Idle sockets do not keep the process alive.
 * `maxBodyBytes` (after decompression) is 128 MiB by default, `maxSockets` per origin 64.
 * @throws NETWORK, ABORTED */
export function createNodeFetchTransport(
  options: { readonly maxBodyBytes?: number; readonly maxSockets?: number } = {},
): Transport {
  const maxBodyBytes = options.maxBodyBytes ?? 128 * 1024 * 1024;
  const sockets = { keepAlive: true, maxSockets: options.maxSockets ?? 64 };
  const httpAgent = new HttpAgent(sockets);
  const httpsAgent = new HttpsAgent(sockets);
  let fetch: Fetch | undefined;

  return async (request, signal) => {
    if (signal.aborted) throw abortedError();
    fetch ??= (await import("node-fetch")).default;
    const progress: Progress = { phase: "connecting" };
    try {
      const response = await fetch(request.url, {
        method: request.method,
        headers: request.headers,
        ...(request.body === undefined ? {} : { body: request.body }),
        redirect: "manual",
        signal,
        agent: request.url.startsWith("https:") ? httpsAgent : httpAgent,
      });
      progress.phase = "reading";
      const { headers } = response;
      const body = response.body === null ? "" : await readText(response.body, maxBodyBytes);
      return { status: response.status, headers: { get: (name) => headers.get(name) ?? undefined }, body };
    } catch (error) {
      throw failure(error, request, progress, signal);
    }
  };
}

type Fetch = typeof import("node-fetch").default;

class BodyTooLarge extends Error {}

/** node-fetch's own `text()` reads by an asynchronous iterator, which costs a tenth of a whole small request. */
function readText(body: NodeJS.ReadableStream, maxBytes: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    body.on("data", (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes <= maxBytes) {
        chunks.push(chunk);
        return;
      }
      reject(new BodyTooLarge());
      if (body instanceof Readable) body.destroy();
    });
    body.on("end", () => resolve(Buffer.concat(chunks).toString("utf8")));
    body.on("error", reject);
  });
}

type Progress = { phase: "connecting" | "reading" };

/** The text of the original error holds the whole URL, so only its code goes on. */
function failure(error: unknown, request: HttpRequest, progress: Progress, signal: AbortSignal): AppError {
  if (signal.aborted) return abortedError();
  const { origin } = new URL(request.url);
  if (error instanceof BodyTooLarge) {
    return new AppError(
      "NETWORK",
      `Cannot read the answer of "${origin}": it is larger than the limit of this client`,
      {
        context: { origin, tooLarge: true },
      },
    );
  }
  const reason = errorCode(error);
  if (progress.phase === "reading") {
    return new AppError(
      "NETWORK",
      `Cannot read the answer of "${origin}": the connection ended within the body ("${reason}"), expected all of it`,
      { context: { origin, reason, truncated: true } },
    );
  }
  return new AppError(
    "NETWORK",
    `Cannot reach "${origin}": the connection failed with "${reason}", expected an answer; check address, network and certificate`,
    { context: { origin, reason } },
  );
}

function errorCode(error: unknown): string {
  if (typeof error !== "object" || error === null) return "unknown";
  if ("code" in error && typeof error.code === "string") return error.code;
  return error instanceof Error ? error.name : "unknown";
}
