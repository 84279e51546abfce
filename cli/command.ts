// What every command gets and gives.
import type { App } from "../shared/app.ts";
import type { Log } from "../shared/ports.ts";

export type Options = {
  readonly json: boolean;
  readonly csv: boolean;
  /** What HR should know, instead of the people. */
  readonly problems: boolean;
  /** The run whose report is meant. */
  readonly run?: string;
  readonly config?: string;
  readonly target?: string;
  readonly source?: string;
  readonly purpose: "sync" | "delete";
  readonly worker?: string;
  readonly subscription?: string;
  readonly requester?: string;
  readonly product?: string;
  /** Without whole reads of HR's sources. */
  readonly quick: boolean;
  /** HR's sources are read now. */
  readonly fresh: boolean;
  readonly accept?: string;
  /** Epoch milliseconds. */
  readonly now?: number;
  readonly identifier?: string;
  readonly expiry?: string;
  readonly secret?: string;
  readonly limit: number;
  /** Only what waits for somebody or something. */
  readonly open: boolean;
  /** Days of the audit, `YYYY-MM-DD`. */
  readonly day?: string;
  readonly since?: string;
  /** The end of a day's audit as the log has it. */
  readonly noted?: { readonly number: number; readonly hash: string };
  /** What stands after the command's name. */
  readonly operands: readonly string[];
};

export type Terminal = {
  /** A line of standard output. */
  print(line: string): void;
  /** A line of standard error: progress, warnings. */
  note(line: string): void;
  /** Shows how far something is, in place where the terminal can. */
  progress(done: number, all: number): void;
  /** All of standard input as text; undefined where it is a person's keyboard. */
  readInput(): Promise<string | undefined>;
};

export type Context = {
  readonly options: Options;
  readonly terminal: Terminal;
  /** The app of this environment. @throws CONFIG_INVALID */
  readonly openApp: () => Promise<App>;
  readonly log: (app: App) => Log;
  readonly signal: AbortSignal;
};

/** Prints its result and gives the exit code. */
export type Command = (context: Context) => Promise<number>;

/** 0 done or nothing to do; the codes of failures stand with the errors' codes. */
export const exitCodes = { done: 0, someFailed: 1, configuration: 2, blocked: 5, leaseHeld: 6 } as const;
