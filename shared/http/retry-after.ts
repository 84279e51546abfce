// Reads how long a service asks to wait. Pure: the present is an argument.
import type { HttpHeaders } from "./transport.ts";

/** Milliseconds to wait from the headers `retry-after-ms`, `x-ms-retry-after-ms` or `Retry-After` (seconds or an HTTP
 * date); a date in the past is 0. Undefined where nothing readable is asked for. Header names in lower case. */
export function retryAfterMs(headers: HttpHeaders, now: number): number | undefined {
  for (const name of ["retry-after-ms", "x-ms-retry-after-ms"]) {
    const ms = nonNegative(headers.get(name));
    if (ms !== undefined) return ms;
  }
  const text = headers.get("retry-after");
  const seconds = nonNegative(text);
  if (seconds !== undefined) return seconds * 1000;
  const date = text === undefined ? Number.NaN : Date.parse(text);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}

function nonNegative(text: string | undefined): number | undefined {
  return text !== undefined && /^\s*\d+(\.\d+)?\s*$/.test(text) ? Number(text) : undefined;
}
