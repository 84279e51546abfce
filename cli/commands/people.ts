// `rollcall people --source NAME`: what a source says, as Rollcall understands it, what that makes of people at one
// instant, and every row it cannot use. `rollcall people --problems` stands beside it.
import type { App } from "../../shared/app.ts";
import { createCalendar } from "../../shared/core/calendar.ts";
import { AppError } from "../../shared/core/errors.ts";
import { type Command, type Context, exitCodes } from "../command.ts";
import { peopleJson, placesOf, renderPeople } from "../render-people.ts";
import { rowWord } from "../words.ts";
import { chooseTarget, sourcesOf } from "./open-target.ts";
import { problems } from "./people-problems.ts";

/** The target whose rules say who is wanted: the one that is named, else the first that reads the source. */
async function targetOf(source: string, app: App, { options, signal }: Context): Promise<string> {
  const { rules } = await app.rules(signal);
  const first = rules.targets.find(({ sources }) => sources?.includes(source) ?? true) ?? rules.targets[0];
  return options.target === undefined && first !== undefined ? first.name : chooseTarget(app, options.target, signal);
}

export const people: Command = async (context) => {
  const { options, terminal, signal } = context;
  if (options.problems) return problems(context);
  const app = await context.openApp();
  const sources = await sourcesOf(app, signal);
  const known = sources.map(({ name }) => name);
  const name = options.source ?? (known.length === 1 ? known[0] : undefined);
  if (name === undefined || !known.includes(name)) {
    const list = known.map((each) => `"${each}"`).join(", ");
    throw new AppError(
      "CONFIG_INVALID",
      `Cannot tell which source is meant: the rules have ${list}, name one with --source`,
    );
  }
  const [source] = await app.sources([name], context.log(app), signal);
  if (source === undefined)
    throw new AppError("BUG", `Cannot open the source "${name}": the rules name it, but it was not made`);
  const target = await targetOf(name, app, context);
  const spaced = { read: await source.source.read(signal), spaces: source.spaces };
  const now = options.now ?? app.clock.now();
  const places = placesOf(spaced, await app.policy(target, signal), createCalendar(now));
  const kind = sources.find((each) => each.name === name)?.kind ?? "csv";
  const whole = { ...spaced, places, at: new Date(now).toISOString(), rowWord: rowWord(kind) };
  if (options.json) terminal.print(JSON.stringify(peopleJson(whole), undefined, 2));
  else for (const line of renderPeople(whole)) terminal.print(line);
  return exitCodes.done;
};
