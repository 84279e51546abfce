// The /_sim routes: faults, state, request counts, events, reset. They need no credential; the simulator listens on loopback.
import type { Answer } from "./answer.ts";
import { empty, ok } from "./answer.ts";
import { failure } from "./errors.ts";
import type { EventSender, EventSettings } from "./event-sender.ts";
import type { Faults } from "./faults.ts";
import type { RequestCounts } from "./request-counts.ts";
import { stateReport } from "./state-report.ts";
import type { Store } from "./store.ts";

type ControlParts = {
  readonly store: Store;
  readonly faults: Faults;
  readonly counts: RequestCounts;
  /** Back to the seed, without faults and counts. */
  readonly reset: () => void;
  readonly sendEvents: (settings: EventSettings | undefined) => EventSender | undefined;
};

/** The function that answers /_sim requests. */
export function createControl(parts: ControlParts): (method: string, path: string, body: string) => Answer {
  const routes: Readonly<Record<string, (body: string) => Answer>> = {
    "POST /_sim/faults": (body) => {
      try {
        parts.faults.add(JSON.parse(body));
        return empty(204);
      } catch (error) {
        return failure(400, "InvalidFaults", error instanceof Error ? error.message : String(error));
      }
    },
    "DELETE /_sim/faults": () => {
      parts.faults.clear();
      return empty(204);
    },
    "GET /_sim/state": () => ok(200, stateReport(parts.store)),
    "GET /_sim/requests": () => ok(200, parts.counts.report()),
    "POST /_sim/requests/reset": () => {
      parts.counts.reset();
      return empty(204);
    },
    "POST /_sim/events": (body) => {
      try {
        parts.sendEvents(JSON.parse(body));
        return empty(204);
      } catch (error) {
        return failure(400, "InvalidEvents", error instanceof Error ? error.message : String(error));
      }
    },
    "DELETE /_sim/events": () => {
      parts.sendEvents(undefined);
      return empty(204);
    },
    "POST /_sim/reset": () => {
      parts.reset();
      return empty(204);
    },
  };
  return (method, path, body) =>
    routes[`${method} ${path.split("?")[0]}`]?.(body) ??
    failure(404, "ResourceNotFound", "No such route of the simulator.");
}
