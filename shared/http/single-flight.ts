// One piece of work for everybody who asks at the same time.
import { abortable } from "./aborted.ts";

/** Runs the work, or joins the work that is under way. A caller that stops leaves the others alone; the work itself is
 * stopped when the last caller has left. @throws ABORTED, and what the work throws */
export type SingleFlight<T> = (work: (signal: AbortSignal) => Promise<T>, signal: AbortSignal) => Promise<T>;

type Flight<T> = { readonly promise: Promise<T>; readonly controller: AbortController; callers: number };

export function createSingleFlight<T>(): SingleFlight<T> {
  let current: Flight<T> | undefined;

  function start(work: (signal: AbortSignal) => Promise<T>): Flight<T> {
    const controller = new AbortController();
    const flight: Flight<T> = { promise: work(controller.signal), controller, callers: 0 };
    const end = () => {
      if (current === flight) current = undefined;
    };
    flight.promise.then(end, end);
    return flight;
  }

  return async (work, signal) => {
    current ??= start(work);
    const flight = current;
    flight.callers += 1;
    try {
      return await abortable(flight.promise, signal);
    } finally {
      flight.callers -= 1;
      if (flight.callers === 0) {
        flight.controller.abort();
        if (current === flight) current = undefined;
      }
    }
  };
}
