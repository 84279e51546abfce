// `rollcall audit --subscription ID` tells what was decided about a subscription; `rollcall audit verify` stands beside
// it.
import type { App } from "../../shared/app.ts";
import { storyLines } from "../../shared/core/audit-story.ts";
import { AppError } from "../../shared/core/errors.ts";
import { printable } from "../../shared/core/printable.ts";
import { auditStory, type StoryPart } from "../../shared/flows/audit-story.ts";
import { type Command, type Context, exitCodes } from "../command.ts";
import { verifyTargets } from "./verify-audit.ts";

/** The named target, though the rules may have it no more, or all of the rules. */
async function targetsOf(app: App, { options, signal }: Context): Promise<readonly string[]> {
  return options.target === undefined ? (await app.timedTargets(signal)).map(({ name }) => name) : [options.target];
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
  for (const target of await targetsOf(app, context)) {
    const about = { target, subscription, ...(options.since !== undefined && { since: options.since }) };
    for await (const part of auditStory(about, world, signal)) found.push(part);
  }
  if (options.json) {
    terminal.print(JSON.stringify({ subscription, records: found }, undefined, 2));
    return exitCodes.done;
  }
  for (const line of found.flatMap(linesOf)) terminal.print(line);
  if (found.length === 0) terminal.print(`The audit holds nothing about the subscription "${printable(subscription)}"`);
  return exitCodes.done;
}

export const audit: Command = async (context) => {
  const { operands, subscription } = context.options;
  if (operands[0] === "verify") {
    const app = await context.openApp();
    return verifyTargets(await targetsOf(app, context), await app.audit(context.log(app)), context);
  }
  if (operands.length > 0 || subscription === undefined) {
    throw new AppError(
      "CONFIG_INVALID",
      'Cannot tell what to show of the audit: expected "rollcall audit --subscription ID" or "rollcall audit verify"',
    );
  }
  return story(subscription, context);
};
