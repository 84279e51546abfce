// What the host is given from outside: time and a place for its log.

export type HostClock = {
  /** Epoch milliseconds. */
  now(): number;
  /** Resolves after so many milliseconds; rejects when the signal fires first. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
};

type HostLogMethod = (event: string, fields?: Readonly<Record<string, string | number | boolean | undefined>>) => void;

export type HostLog = {
  readonly debug: HostLogMethod;
  readonly info: HostLogMethod;
  readonly warn: HostLogMethod;
  readonly error: HostLogMethod;
};

/** Sleeps; true when the time has passed, false when the signal fired first. */
export async function pause(clock: HostClock, ms: number, signal: AbortSignal): Promise<boolean> {
  try {
    await clock.sleep(ms, signal);
    return true;
  } catch (error) {
    if (signal.aborted) return false;
    throw error;
  }
}

/** The message of whatever was thrown. */
export function errorText(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
