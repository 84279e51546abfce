// Which target a command means, and what the rules have.

import type { App } from "../../shared/app.ts";
import { AppError } from "../../shared/core/errors.ts";

/** The named target, or the only one. @throws CONFIG_INVALID when the rules have several or not that one */
export async function chooseTarget(app: App, name: string | undefined, signal: AbortSignal): Promise<string> {
  const names = (await app.timedTargets(signal)).map((target) => target.name);
  const [only] = names;
  const chosen = name ?? (names.length === 1 ? only : undefined);
  const list = names.map((each) => `"${each}"`).join(", ");
  if (chosen === undefined)
    throw new AppError(
      "CONFIG_INVALID",
      `Cannot tell which target is meant: the rules have ${list}, name one with --target`,
    );
  if (!names.includes(chosen))
    throw new AppError("CONFIG_INVALID", `Cannot find the target "${chosen}": the rules have ${list}`);
  return chosen;
}

/** What the rules say of HR's sources. */
export async function sourcesOf(app: App, signal: AbortSignal) {
  return (await app.rules(signal)).rules.sources;
}
