// Work that names the same key runs one after the other, in the order of asking; other work runs beside it.
import { abortable, throwIfAborted } from "./aborted.ts";

export type Serialiser = <T>(keys: readonly string[], work: () => Promise<T>, signal: AbortSignal) => Promise<T>;

/** A serialiser with its own keys. Work with several keys waits for all of them; since it queues for all at once, two
 * pieces of work never wait for each other. @throws ABORTED, and what the work throws */
export function createSerialiser(): Serialiser {
  const last = new Map<string, Promise<void>>();
  return <T>(keys: readonly string[], work: () => Promise<T>, signal: AbortSignal): Promise<T> => {
    const before = keys.flatMap((key) => last.get(key) ?? []);
    const begin = async (): Promise<T> => {
      throwIfAborted(signal);
      return work();
    };
    const run = before.length === 0 ? begin() : Promise.all(before).then(begin);
    const leave = () => {
      for (const key of keys) if (last.get(key) === ended) last.delete(key);
    };
    const ended = run.then(leave, leave);
    for (const key of keys) last.set(key, ended);
    // Work that waits for nobody hears of a stop by itself.
    return before.length === 0 ? run : abortable(run, signal);
  };
}
