// Opens a file on the web with node-fetch as a stream. Redirects are answers, never followed: a credential stays where
// it was sent.
import { AppError } from "../core/errors.ts";
import { abortedError } from "../http/aborted.ts";
import type { HttpOpen } from "./source-deps.ts";

/** @throws (the returned function) NETWORK, ABORTED */
export function createHttpOpen(): HttpOpen {
  return async ({ url, headers }, signal) => {
    const { default: fetch } = await import("node-fetch");
    // A failed start leaves nothing to stop; the signal of the caller stops the body too.
    const stop = new AbortController();
    const either = AbortSignal.any([signal, stop.signal]);
    try {
      const answer = await fetch(url, { headers, redirect: "manual", signal: either });
      return {
        status: answer.status,
        headers: (name) => answer.headers.get(name) ?? undefined,
        body: bytes(answer.body),
        close: () => stop.abort(),
      };
    } catch (error) {
      throw failure(error, url, signal);
    }
  };
}

/** The text of the original error may hold the whole URL: only its code and the origin go on. */
function failure(error: unknown, url: string, signal: AbortSignal): AppError {
  if (signal.aborted) return abortedError();
  const { origin } = new URL(url);
  const reason = error instanceof Error && "code" in error ? String(error.code) : "unknown";
  return new AppError(
    "NETWORK",
    `Cannot reach "${origin}": the connection failed with "${reason}", expected an answer; check address and network`,
    { context: { origin, reason } },
  );
}

async function* bytes(body: AsyncIterable<Buffer | string> | null): AsyncGenerator<Uint8Array, void, undefined> {
  if (body === null) return;
  for await (const chunk of body) yield typeof chunk === "string" ? Buffer.from(chunk) : chunk;
}
