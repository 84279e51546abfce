// Gives back what a run no longer needs between its stages. The engine collects by itself only after its heap has grown
// by a multiple of what it held: a run of 75,000 people would keep what it has read and planned until its end.
import { getHeapStatistics, setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

/** Below this much there is nothing to gain. */
const leastBytes = 80 * 1024 * 1024;

/** Collects when the heap is large; takes about a millisecond for each megabyte that stays. */
export function createReleaseMemory(): () => void {
  let collect: (() => void) | undefined;
  return () => {
    if (getHeapStatistics().used_heap_size < leastBytes) return;
    collect ??= exposeCollector();
    collect();
  };
}

/** The engine shows its collector in contexts that are made after the flag is set; nothing else changes. */
function exposeCollector(): () => void {
  setFlagsFromString("--expose-gc");
  const found: unknown = runInNewContext("gc");
  return typeof found === "function" ? () => void found() : () => undefined;
}
