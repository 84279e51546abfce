// One debug line for each attempt: method, redacted URL, status, duration and the headers on the allow-list. Bodies and
// request headers are never logged.
import { AppError } from "../core/errors.ts";
import type { Log } from "../ports.ts";
import { redactUrl, shownResponseHeaders } from "./redact.ts";
import type { Transport } from "./transport.ts";

/** Logs each attempt, where the log has use for it. `now` gives epoch milliseconds. */
export function withLog(transport: Transport, options: { readonly log: Log; readonly now: () => number }): Transport {
  const { log, now } = options;
  if (log.writesDebug === false) return transport;
  return async (request, signal) => {
    const startedAt = now();
    const about = { method: request.method, url: redactUrl(request.url) };
    try {
      const response = await transport(request, signal);
      const headers = shownResponseHeaders(response.headers);
      log.debug("http.request.answered", { ...about, status: response.status, ms: now() - startedAt, ...headers });
      return response;
    } catch (error) {
      const code = error instanceof AppError ? error.code : "unknown";
      log.debug("http.request.failed", { ...about, code, ms: now() - startedAt });
      throw error;
    }
  };
}
