// `rollcall people --problems`: what HR should know about its rows, now or as it was in a run. A source that was not read
// as a whole stands on standard error, since nothing is known of what was not read.
import { csvRow } from "../../shared/core/csv-text.ts";
import { AppError, errorCodes } from "../../shared/core/errors.ts";
import type { PeopleReport } from "../../shared/core/people-report.ts";
import { printable } from "../../shared/core/printable.ts";
import type { PlaceText } from "../../shared/core/report.ts";
import type { SourceSummary } from "../../shared/core/run.ts";
import { reportSources } from "../../shared/flows/read-people.ts";
import { type Command, type Context, exitCodes, type Terminal } from "../command.ts";
import { placeTexts } from "../words.ts";
import { chooseTarget, sourcesOf } from "./open-target.ts";

type Found = { readonly report: PeopleReport; readonly sources: readonly SourceSummary[] };

const shown = 20;

const columns = ["code", "worker", "source", "line", "field", "text"] as const;

/** What a run that read everybody has stored. */
async function storedReport(run: string, { openApp, signal }: Context): Promise<Found> {
  const store = await (await openApp()).store();
  const [report, record] = await Promise.all([store.getProblems(run, signal), store.getRun(run, signal)]);
  if (report !== undefined) return { report, sources: record?.sources ?? [] };
  throw new AppError(
    "CONFIG_INVALID",
    record !== undefined
      ? `Cannot show what HR should mend by the run "${run}": it stored no report, because it has read nothing, or not everybody, or is too old; expected a run for all of a target`
      : `Cannot show what HR should mend by the run "${run}": there is none, expected an id that "rollcall runs" lists`,
  );
}

/** What the rows of a target's sources, or of the one that is named, have wrong now. */
async function presentReport(context: Context): Promise<Found> {
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

/** Says of each source what was not read of it. True where nothing is missing. */
function noteUnread(sources: readonly SourceSummary[], terminal: Terminal): boolean {
  for (const { source, completeness, incompleteBecause } of sources) {
    for (const reason of incompleteBecause)
      terminal.note(`The source "${source}" was not read as a whole: ${printable(reason)}`);
    if (completeness === "empty") terminal.note(`The source "${source}" is empty: nobody is in it`);
  }
  return sources.every(({ completeness }) => completeness !== "incomplete");
}

export const problems: Command = async (context) => {
  const { options, terminal, openApp, signal } = context;
  const found = await (options.run === undefined ? presentReport(context) : storedReport(options.run, context));
  const { report, sources } = found;
  const isWhole = noteUnread(sources, terminal);
  if (options.json) terminal.print(JSON.stringify({ ...report, sources }, undefined, 2));
  else if (options.csv) for (const line of csvLines(report)) terminal.print(line);
  else {
    const placeText = placeTexts(await sourcesOf(await openApp(), signal));
    for (const line of tableLines(report, isWhole, placeText)) terminal.print(line);
  }
  return isWhole ? exitCodes.done : errorCodes.SOURCE_UNAVAILABLE.exitCode;
};

function* csvLines({ problems: list }: PeopleReport): Generator<string> {
  yield csvRow(columns);
  for (const problem of list) yield csvRow(columns.map((column) => problem[column]));
}

function* tableLines(
  { problems: list, counts }: PeopleReport,
  isWhole: boolean,
  placeText: PlaceText,
): Generator<string> {
  // A column that is missing often explains the rest.
  const codes = Object.entries(counts).sort(
    ([a], [b]) => Number(b === "columnMissing") - Number(a === "columnMissing"),
  );
  if (codes.length === 0) yield `Nothing that HR should mend${isWhole ? "" : " in what was read"}`;
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
