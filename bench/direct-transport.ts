// The client's transport into the API Management simulator without a socket: the same requests and answers, a tenth of
// the time.
import type { ApimSimulator } from "../dev/apim/apim-simulator.ts";
import { AppError } from "../shared/core/errors.ts";
import type { Transport } from "../shared/http/transport.ts";

/** A transport of the simulator's requests. */
export function createDirectTransport(simulator: ApimSimulator): Transport {
  return async ({ method, url, headers, body = "" }, signal) => {
    if (signal.aborted) throw new AppError("ABORTED", "Cannot send: it was stopped");
    const { origin, pathname, search } = new URL(url);
    const delivery = await simulator.handle({
      method,
      url: pathname + search,
      origin,
      authorization: headers.authorization,
      ifMatch: headers["if-match"],
      body,
      arrivedAt: performance.now(),
    });
    if (delivery.how !== "whole") throw new AppError("NETWORK", "Cannot read the answer: the connection broke");
    const { status, json, text = "", headers: given = {} } = delivery.answer;
    return {
      status,
      headers: new Map(Object.entries(given).map(([name, value]) => [name.toLowerCase(), value])),
      body: status === 204 ? "" : json === undefined ? text : JSON.stringify(json),
    };
  };
}
