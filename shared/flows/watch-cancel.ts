// Looks, while a slice is at work, whether somebody asked that the run stop.
import type { Clock, Log } from "../ports.ts";
import type { RunStore } from "../run-ports.ts";

const everyMs = 2_000;

export type CancelWatch = {
  /** Who asked, as soon as it is known. */
  requestedBy(): string | undefined;
  stop(): Promise<void>;
};

/** Looks every two seconds until it is stopped. A look that fails is a look less: the work goes on. */
export function watchCancel(
  runId: string,
  world: { readonly clock: Clock; readonly store: Pick<RunStore, "cancelRequestedBy">; readonly log: Log },
  signal: AbortSignal,
): CancelWatch {
  const done = new AbortController();
  const either = AbortSignal.any([signal, done.signal]);
  let by: string | undefined;

  const look = async (): Promise<void> => {
    try {
      by = await world.store.cancelRequestedBy(runId, either);
    } catch {
      if (!either.aborted) world.log.debug("run.cancel.unseen", { runId });
    }
  };

  const watch = async (): Promise<void> => {
    while (by === undefined && !either.aborted) {
      await look();
      // The sleep ends early when the watch is stopped.
      await world.clock.sleep(everyMs, either).catch(() => undefined);
    }
  };

  const watching = watch();
  return {
    requestedBy: () => by,
    async stop() {
      done.abort();
      await watching;
    },
  };
}
