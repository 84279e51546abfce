// The command line as data. A wrong word is an error that names it, and what was expected.
import { parseArgs } from "node:util";
import { epochMs } from "../shared/core/calendar.ts";
import { AppError } from "../shared/core/errors.ts";
import { workerKeyForm } from "../shared/core/person.ts";
import type { Options } from "./command.ts";
import { flags, unheeded, unknownFlag } from "./takes.ts";

export type Invocation = {
  readonly command: string | undefined;
  readonly help: boolean;
  readonly version: boolean;
  readonly options: Options;
};

function invalid(message: string): AppError {
  return new AppError("CONFIG_INVALID", `Cannot understand the command line: ${message}`);
}

function instant(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  // A date is its first instant in UTC. `Date` would take 30 February for 2 March.
  const at = epochMs(/^\d{4}-\d\d-\d\d$/.test(text) ? `${text}T00:00:00Z` : text);
  if (at === undefined) throw invalid(`--now is "${text}", expected an instant like 2026-05-14T00:00:00Z or a date`);
  return at;
}

function purpose(text: string | undefined): Options["purpose"] {
  if (text === undefined || text === "sync") return "sync";
  if (text === "delete") return "delete";
  throw invalid(`--purpose is "${text}", expected sync or delete`);
}

function limit(text: string | undefined): number {
  const number = Number(text ?? "20");
  if (Number.isInteger(number) && number >= 1 && number <= 1000) return number;
  throw invalid(`--limit is "${text}", expected a whole number from 1 to 1000`);
}

function day(name: string, text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  if (/^\d{4}-\d\d-\d\d$/.test(text) && epochMs(`${text}T00:00:00Z`) !== undefined) return text;
  throw invalid(`--${name} is "${text}", expected a day of the calendar like 2026-05-14`);
}

function noted(text: string | undefined): Options["noted"] {
  if (text === undefined) return undefined;
  const [, number, hash] = /^(\d{1,9}):([0-9a-f]{64})$/.exec(text) ?? [];
  if (number !== undefined && hash !== undefined) return { number: Number(number), hash };
  throw invalid(`--noted is "${text}", expected NUMBER:HASH as the log's line "audit.recorded" has them`);
}

function auditDays(values: { readonly day?: string; readonly since?: string; readonly noted?: string }) {
  const [only, first, end] = [day("day", values.day), day("since", values.since), noted(values.noted)];
  if (end !== undefined && only === undefined) throw invalid("--noted is the end of one day, expected --day beside it");
  return {
    ...(only !== undefined && { day: only }),
    ...(first !== undefined && { since: first }),
    ...(end !== undefined && { noted: end }),
  };
}

function parse(
  args: readonly string[],
): ReturnType<typeof parseArgs<{ options: typeof flags; allowPositionals: true }>> {
  try {
    return parseArgs({ args: [...args], options: flags, allowPositionals: true });
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : "it is malformed";
    const [, unknown] = /^Unknown option '([^']+)'/.exec(message) ?? [];
    throw invalid(unknown === undefined ? message : unknownFlag(unknown));
  }
}

/** @throws CONFIG_INVALID where `--run` stands beside what it decides itself */
function refuseBesideRun(values: Readonly<Record<string, unknown>>): void {
  if (values.run === undefined) return;
  for (const name of ["target", "source", "now"])
    if (values[name] !== undefined)
      throw invalid(
        `--${name} and --run are there both: the report is of the target, the sources and the time of that run`,
      );
}

/** @throws CONFIG_INVALID for what the command would not heed, and for flags that contradict each other */
function refuseTogether(command: string, operands: readonly string[], values: Readonly<Record<string, unknown>>): void {
  if (values.now !== undefined && command === "apply")
    throw invalid("--now is for plan and people; what is written always goes by the time of the run");
  const over = unheeded(command, operands, values);
  if (over !== undefined) throw invalid(over);
  if (values.json === true && values.csv === true) throw invalid("--json and --csv are there both, expected one");
  if (values.day !== undefined && values.since !== undefined)
    throw invalid("--day and --since are there both, expected one");
  refuseBesideRun(values);
}

function workerOf(text: string | undefined): string | undefined {
  if (text === undefined || workerKeyForm.test(text)) return text;
  throw invalid(
    `--worker is "${text}", expected a worker's key: number space and number, joined by a slash, like employee/1042`,
  );
}

type Values = ReturnType<typeof parse>["values"];

/** What is a text to the command as well. @throws CONFIG_INVALID */
function texts(values: Values) {
  const { config, target, source, run, subscription, requester, product } = values;
  const worker = workerOf(values.worker);
  const { accept, identifier, expiry, secret } = values;
  return {
    ...(config !== undefined && { config }),
    ...(target !== undefined && { target }),
    ...(source !== undefined && { source }),
    ...(run !== undefined && { run }),
    ...(worker !== undefined && { worker }),
    ...(subscription !== undefined && { subscription }),
    ...(requester !== undefined && { requester }),
    ...(product !== undefined && { product }),
    ...(accept !== undefined && { accept }),
    ...(identifier !== undefined && { identifier }),
    ...(expiry !== undefined && { expiry }),
    ...(secret !== undefined && { secret }),
  };
}

/** @throws CONFIG_INVALID for an unknown flag, one that the command does not take, or a value of another form */
export function readOptions(args: readonly string[]): Invocation {
  const { values, positionals } = parse(args);
  const [command, ...operands] = positionals;
  const help = values.help === true;
  const version = values.version === true;
  if (command !== undefined && !help && !version) refuseTogether(command, operands, values);
  const now = instant(values.now);
  return {
    command,
    help,
    version,
    options: {
      ...texts(values),
      ...(now !== undefined && { now }),
      ...auditDays(values),
      json: values.json === true,
      fresh: values.fresh === true,
      quick: values.quick === true,
      csv: values.csv === true,
      problems: values.problems === true,
      purpose: purpose(values.purpose),
      open: values.open === true,
      limit: limit(values.limit),
      operands,
    },
  };
}
