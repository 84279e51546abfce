// A log whose lines go through the host's own context, so that they are found under the invocation, each at its level.
import type { App } from "../app.ts";
import type { Log } from "../ports.ts";

/** The part of the host's `InvocationContext` that is needed. */
export type Invocation = {
  readonly invocationId: string;
  debug(line: string): void;
  info(line: string): void;
  warn(line: string): void;
  error(line: string): void;
};

/** The app's log for one invocation of a function. */
export function invocationLog(app: Pick<App, "log">, context: Invocation): Log {
  return app.log((line, level) => context[level](line.trimEnd())).with({ invocationId: context.invocationId });
}
