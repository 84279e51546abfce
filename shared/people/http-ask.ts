// The program's HTTP transport as sources use it: whole answers, retries as the transport was built. A source only
// reads, so a POST that searches or asks for a token is sent again like a GET.
import type { Transport } from "../http/transport.ts";
import type { HttpAsk } from "./source-deps.ts";

/** @throws (the returned function) NETWORK, TIMEOUT, ABORTED */
export function createHttpAsk(transport: Transport): HttpAsk {
  return async ({ url, headers, method = "GET", body }, signal) => {
    const request = { method, url, headers, repeatable: true, ...(body === undefined ? {} : { body }) };
    const answer = await transport(request, signal);
    return { status: answer.status, headers: (name) => answer.headers.get(name), text: answer.body };
  };
}
