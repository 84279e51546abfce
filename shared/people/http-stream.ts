// Opens a file on the web with node-fetch as a stream. Redirects are answers, never followed: a credential stays where
// it was sent. Opening is tried again like every other request; once the file is coming, what breaks off or stands still
// is the reader's finding.
import { AppError } from "../core/errors.ts";
import { abortedError } from "../http/aborted.ts";
import type { Transport } from "../http/transport.ts";
import { startTimer, type Timer } from "../http/with-timeout.ts";
import type { GetRequest, HttpOpen, HttpStream } from "./source-deps.ts";

export type HttpOpenOptions = {
  /** What every request of a source goes through: retries, a limit for the answer, the log. */
  readonly wrap: (transport: Transport) => Transport;
  /** For so long a file may stand still while somebody waits for more of it, milliseconds. */
  readonly idleMs: number;
  readonly timer?: Timer;
};

/** @throws (the returned function) NETWORK, TIMEOUT, ABORTED; the body: TIMEOUT, what the connection says */
export function createHttpOpen({ wrap, idleMs, timer = startTimer }: HttpOpenOptions): HttpOpen {
  return async (request, signal) => {
    const found: { stream?: HttpStream } = {};
    const attempt: Transport = async (_, own) => {
      const stream = await openOnce(request, [signal, own], { idleMs, timer });
      // What an error says is read by nobody, and the next attempt must not wait for it.
      if (stream.status !== 200) stream.close();
      found.stream = stream;
      return { status: stream.status, headers: { get: stream.headers }, body: "" };
    };
    await wrap(attempt)({ method: "GET", ...request }, signal);
    if (found.stream !== undefined) return found.stream;
    throw new AppError("BUG", "Cannot open a file on the web: its answer was given without an attempt");
  };
}

type Idle = Required<Pick<HttpOpenOptions, "idleMs" | "timer">>;

async function openOnce(
  { url, headers }: GetRequest,
  signals: readonly AbortSignal[],
  idle: Idle,
): Promise<HttpStream> {
  const { default: fetch } = await import("node-fetch");
  // A failed start leaves nothing to stop; the signal of the caller stops the body too.
  const stop = new AbortController();
  const any = AbortSignal.any([...signals, stop.signal]);
  try {
    const answer = await fetch(url, { headers, redirect: "manual", signal: any });
    return {
      status: answer.status,
      headers: (name) => answer.headers.get(name) ?? undefined,
      body: bytes(answer.body, () => stop.abort(), idle),
      close: () => stop.abort(),
    };
  } catch (error) {
    throw failure(error, url, any);
  }
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

async function* bytes(
  body: AsyncIterable<Buffer | string> | null,
  stop: () => void,
  { idleMs, timer }: Idle,
): AsyncGenerator<Uint8Array, void, undefined> {
  if (body === null) return;
  const idle = { over: false };
  const wait = () =>
    timer(idleMs, () => {
      idle.over = true;
      stop();
    });
  // Runs only while the next piece is waited for: a reader may take its time.
  let stopWaiting = wait();
  try {
    for await (const chunk of body) {
      stopWaiting();
      yield typeof chunk === "string" ? Buffer.from(chunk) : chunk;
      stopWaiting = wait();
    }
  } catch (error) {
    if (!idle.over) throw error;
    throw new AppError("TIMEOUT", `Cannot read the file to its end: nothing came, expected more within ${idleMs} ms`);
  } finally {
    stopWaiting();
  }
}
