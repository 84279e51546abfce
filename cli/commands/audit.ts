// `rollcall audit --subscription ID` tells what was decided about a subscription; `rollcall audit verify` stands beside
// it.
import type { App } from "../../shared/app.ts";
import { storyLines } from "../../shared/core/audit-story.ts";
import { AppError } from "../../shared/core/errors.ts";
import { printable } from "../../shared/core/printable.ts";
import { auditStory, type StoryPart } from "../../shared/flows/audit-story.ts";
import { type Command, type Context, exitCodes } from "../command.ts";
import { chooseTarget } from "./open-target.ts";
import { verifyTargets } from "./verify-audit.ts";

type Days = Pick<Awaited<ReturnType<App["audit"]>>, "days">;

/** All targets of the rules, or the named one: of the rules, or one that they have no more, as long as it has records.
 * @throws CONFIG_INVALID */
async function targetsOf(app: App, audit: Days, { options, signal }: Context): Promise<readonly string[]> {
  const { target } = options;
  if (target === undefined) return (await app.timedTargets(signal)).map(({ name }) => name);
  const days = await audit.days(target, signal);
  return [days.length > 0 ? target : await chooseTarget(app, target, signal)];
}

/** Facts that stand above already are not told again. */
function linesOf({ record, facts }: StoryPart, index: number, parts: readonly StoryPart[]): readonly string[] {
  const isAbove = parts.slice(0, index).some((part) => part.record.facts?.hash === record.facts?.hash);
  const told = facts.status === "kept" && isAbove ? ({ status: "above" } as const) : facts;
  const at = `${new Date(record.at).toISOString().slice(0, 19).replace("T", " ")} UTC`;
  return storyLines(record, at, told).map(printable);
}

async function story(subscription: string, context: Context): Promise<number> {
  const { options, terminal, signal } = context;
  const app = await context.openApp();
  const world = { audit: await app.audit(context.log(app)), requests: await app.requests() };
  const found: StoryPart[] = [];
  for (const target of await targetsOf(app, world.audit, context)) {
    const about = { target, subscription, ...(options.since !== undefined && { since: options.since }) };
    for await (const part of auditStory(about, world, signal)) found.push(part);
  }
  if (options.json) {
    terminal.print(JSON.stringify({ subscription, records: found }, undefined, 2));
    return exitCodes.done;
  }
  for (const line of found.flatMap(linesOf)) terminal.print(line);
  const since = options.since === undefined ? "" : ` since ${options.since}`;
  if (found.length === 0)
    terminal.print(`The audit holds nothing about the subscription "${printable(subscription)}"${since}`);
  return exitCodes.done;
}

export const audit: Command = async (context) => {
  const { operands, subscription } = context.options;
  if (operands[0] === "verify") {
    const app = await context.openApp();
    const records = await app.audit(context.log(app));
    return verifyTargets(await targetsOf(app, records, context), records, context);
  }
  if (operands.length > 0 || subscription === undefined) {
    throw new AppError(
      "CONFIG_INVALID",
      'Cannot tell what to show of the audit: expected "rollcall audit --subscription ID" or "rollcall audit verify"',
    );
  }
  return story(subscription, context);
};
