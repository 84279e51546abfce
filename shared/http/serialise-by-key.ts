// Work that names the same key runs one after the other, in the order of asking; other work runs beside it.
import { abortable, throwIfAborted } from "./aborted.ts";

export type Serialiser = <T>(keys: readonly string[], work: () => Promise<T>, signal: AbortSignal) => Promise<T>;

/** A serialiser with its own keys. Work with several keys waits for all of them; since it queues for all at once, two
 * pieces of work never wait for each other. @throws ABORTED, and what the work throws */
export function createSerialiser(): Serialiser {
  const last = new Map<string, Promise<void>>();
  return (keys, work, signal) => {
    const run = Promise.all(keys.map((key) => last.get(key))).then(() => {
      throwIfAborted(signal);
      return work();
    });
    const leave = () => {
      for (const key of keys) if (last.get(key) === ended) last.delete(key);
    };
    const ended = run.then(leave, leave);
    for (const key of keys) last.set(key, ended);
    return abortable(run, signal);
  };
}
