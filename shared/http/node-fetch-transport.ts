// The innermost transport: node-fetch over keep-alive agents. Redirects are answers, never followed, so that no
// credential reaches another origin. Extra certificate authorities come from NODE_EXTRA_CA_CERTS, which Node reads.
import { Agent as HttpAgent } from "node:http";
import { Agent as HttpsAgent } from "node:https";
import { AppError } from "../core/errors.ts";
import { abortedError } from "./aborted.ts";
import type { HttpRequest, HttpResponse, Transport } from "./transport.ts";

/** The transport over node-fetch, which is loaded with the first request. Idle sockets do not keep the process alive.
 * `maxBodyBytes` (after decompression) is 128 MiB by default, `maxSockets` per origin 64.
 * @throws NETWORK, ABORTED */
export function createNodeFetchTransport(
  options: { readonly maxBodyBytes?: number; readonly maxSockets?: number } = {},
): Transport {
  const size = options.maxBodyBytes ?? 128 * 1024 * 1024;
  const sockets = { keepAlive: true, maxSockets: options.maxSockets ?? 64 };
  const httpAgent = new HttpAgent(sockets);
  const httpsAgent = new HttpsAgent(sockets);

  return async (request, signal) => {
    if (signal.aborted) throw abortedError();
    const { default: fetch } = await import("node-fetch");
    const progress: Progress = { phase: "connecting" };
    try {
      const response = await fetch(request.url, {
        method: request.method,
        headers: { ...request.headers },
        ...(request.body === undefined ? {} : { body: request.body }),
        redirect: "manual",
        size,
        signal,
        agent: (url) => (url.protocol === "https:" ? httpsAgent : httpAgent),
      });
      progress.phase = "reading";
      const body = await response.text();
      return { status: response.status, headers: new Map(response.headers), body } satisfies HttpResponse;
    } catch (error) {
      throw failure(error, request, progress, signal);
    }
  };
}

type Progress = { phase: "connecting" | "reading" };

/** The text of the original error holds the whole URL, so only its code goes on. */
function failure(error: unknown, request: HttpRequest, progress: Progress, signal: AbortSignal): AppError {
  if (signal.aborted) return abortedError();
  const { origin } = new URL(request.url);
  const reason = errorCode(error);
  if (reason === "max-size") {
    return new AppError(
      "NETWORK",
      `Cannot read the answer of "${origin}": it is larger than the limit of this client`,
      {
        context: { origin, tooLarge: true },
      },
    );
  }
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
  if ("type" in error && error.type === "max-size") return "max-size";
  if ("code" in error && typeof error.code === "string") return error.code;
  return error instanceof Error ? error.name : "unknown";
}
