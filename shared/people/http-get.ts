// The program's HTTP transport as sources use it: GET, whole answers, retries as the transport was built.
import type { Transport } from "../http/transport.ts";
import type { HttpGet } from "./source-deps.ts";

/** @throws (the returned function) NETWORK, TIMEOUT, ABORTED */
export function createHttpGet(transport: Transport): HttpGet {
  return async ({ url, headers }, signal) => {
    const answer = await transport({ method: "GET", url, headers }, signal);
    return { status: answer.status, headers: (name) => answer.headers.get(name), text: answer.body };
  };
}
