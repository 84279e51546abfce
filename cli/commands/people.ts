// `rollcall people --source NAME`: what a source says, as Rollcall understands it, what that makes of people at one
// instant, and every row it cannot use.
import type { App } from "../../shared/app.ts";
import { createCalendar } from "../../shared/core/calendar.ts";
import { csvRow } from "../../shared/core/csv-text.ts";
import { AppError } from "../../shared/core/errors.ts";
import type { PeopleReport } from "../../shared/core/people-report.ts";
import { printable } from "../../shared/core/printable.ts";
import type { PlaceText } from "../../shared/core/report.ts";
import { reportSources } from "../../shared/flows/read-people.ts";
import { type Command, type Context, exitCodes } from "../command.ts";
import { peopleJson, placesOf, renderPeople } from "../render-people.ts";
import { placeTexts, rowWord } from "../words.ts";
import { chooseTarget } from "./open-target.ts";

const shown = 20;

const columns = ["code", "worker", "source", "line", "field", "text"] as const;

/** What a run that read everybody has stored. */
async function storedReport(run: string, { openApp, signal }: Context): Promise<PeopleReport> {
  const store = await (await openApp()).store();
  const report = await store.getProblems(run, signal);
  if (report !== undefined) return report;
  const known = (await store.getRun(run, signal)) !== undefined;
  throw new AppError(
    "CONFIG_INVALID",
    known
      ? `Cannot show what HR should mend by the run "${run}": it stored no report, because it has read nothing, or not everybody, or is too old; expected a run for all of a target`
      : `Cannot show what HR should mend by the run "${run}": there is none, expected an id that "rollcall runs" lists`,
  );
}

/** What the rows of a target's sources, or of the one that is named, have wrong now. */
async function presentReport(context: Context): Promise<PeopleReport> {
  const { options, signal } = context;
  const app = await context.openApp();
  const log = context.log(app);
  const target = await (await app.world(log)).openTarget(
    await chooseTarget(app, options.target, signal),
    undefined,
    signal,
  );
  const sources = target.sources.filter(({ source }) => options.source === undefined || source.name === options.source);
  if (sources.length === 0)
    throw new AppError("CONFIG_INVALID", `Cannot find the source "${options.source}": the target does not have it`);
  const now = options.now ?? app.clock.now();
  return reportSources(sources, target.policy, { log, now }, signal);
}

async function sourcesOf({ openApp, signal }: Context) {
  return (await (await openApp()).rules(signal)).rules.sources;
}

/** `--problems`: what HR should know, now or as it was in a run. */
const problems: Command = async (context) => {
  const { options, terminal } = context;
  const report = await (options.run === undefined ? presentReport(context) : storedReport(options.run, context));
  if (options.json) terminal.print(JSON.stringify(report, undefined, 2));
  else if (options.csv) for (const line of csvLines(report)) terminal.print(line);
  else for (const line of tableLines(report, placeTexts(await sourcesOf(context)))) terminal.print(line);
  return exitCodes.done;
};

function* csvLines({ problems: list }: PeopleReport): Generator<string> {
  yield csvRow(columns);
  for (const problem of list) yield csvRow(columns.map((column) => problem[column]));
}

function* tableLines({ problems: list, counts }: PeopleReport, placeText: PlaceText): Generator<string> {
  // A column that is missing often explains the rest.
  const codes = Object.entries(counts).sort(
    ([a], [b]) => Number(b === "columnMissing") - Number(a === "columnMissing"),
  );
  if (codes.length === 0) yield "Nothing that HR should mend";
  for (const [code, count] of codes) {
    yield `${code}: ${count}`;
    const some = list.filter((problem) => problem.code === code);
    for (const { worker, source, line, text } of some.slice(0, shown)) {
      const where = source === undefined ? "" : ` [${placeText(source, line)}]`;
      yield `  ${printable(`${worker ?? "no worker"}: ${text}${where}`)}`;
    }
    if (some.length > shown) yield `  … and ${some.length - shown} more (--csv and --json show all)`;
  }
}

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
  const sources = await sourcesOf(context);
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
