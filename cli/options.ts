// The command line as data. A wrong word is an error that names it, and what was expected.
import { parseArgs } from "node:util";
import { epochMs } from "../shared/core/calendar.ts";
import { AppError } from "../shared/core/errors.ts";
import type { Options } from "./command.ts";

const flags = {
  config: { type: "string" },
  json: { type: "boolean" },
  csv: { type: "boolean" },
  problems: { type: "boolean" },
  run: { type: "string" },
  now: { type: "string" },
  target: { type: "string" },
  source: { type: "string" },
  purpose: { type: "string" },
  worker: { type: "string" },
  subscription: { type: "string" },
  requester: { type: "string" },
  product: { type: "string" },
  fresh: { type: "boolean" },
  quick: { type: "boolean" },
  accept: { type: "string" },
  identifier: { type: "string" },
  expiry: { type: "string" },
  secret: { type: "string" },
  limit: { type: "string" },
  open: { type: "boolean" },
  day: { type: "string" },
  since: { type: "string" },
  noted: { type: "string" },
  help: { type: "boolean", short: "h" },
  version: { type: "boolean" },
} as const;

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
  if (text === undefined || /^\d{4}-\d\d-\d\d$/.test(text)) return text;
  throw invalid(`--${name} is "${text}", expected a day like 2026-05-14`);
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
    throw new AppError(
      "CONFIG_INVALID",
      `Cannot understand the command line: ${cause instanceof Error ? cause.message : "it is malformed"}`,
      { cause },
    );
  }
}

/** Commands that show what would be at another time. */
const atAnyInstant: ReadonlySet<string> = new Set(["plan", "people", "decide", "token"]);

/** @throws CONFIG_INVALID where `--run` stands beside what it decides itself, or without what it belongs to */
function refuseBesideRun(command: string | undefined, values: Readonly<Record<string, unknown>>): void {
  if (values.run === undefined) return;
  if (command !== "people" || values.problems !== true)
    throw invalid("--run names the run whose report people --problems shows, expected both beside it");
  for (const name of ["target", "source", "now"])
    if (values[name] !== undefined)
      throw invalid(
        `--${name} and --run are there both: the report is of the target, the sources and the time of that run`,
      );
}

/** @throws CONFIG_INVALID for flags that contradict the command or each other */
function refuseTogether(
  command: string | undefined,
  { now, json, csv }: { readonly now?: string; readonly json?: boolean; readonly csv?: boolean },
): void {
  if (now !== undefined && command === "apply")
    throw invalid("--now is for plan and people; what is written always goes by the time of the run");
  if (now !== undefined && command !== undefined && !atAnyInstant.has(command))
    throw invalid(`--now changes nothing of ${command}, expected it with ${[...atAnyInstant].join(", ")}`);
  if (json === true && csv === true) throw invalid("--json and --csv are there both, expected one");
}

/** @throws CONFIG_INVALID for an unknown flag or a value of another form */
export function readOptions(args: readonly string[]): Invocation {
  const { values, positionals } = parse(args);
  const [command, ...operands] = positionals;
  const { config, target, source, worker, accept, identifier, expiry, secret } = values;
  const { subscription, requester, product, run } = values;
  refuseTogether(command, values);
  refuseBesideRun(command, values);
  const now = instant(values.now);
  const named = {
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
    ...(now !== undefined && { now }),
  };
  return {
    command,
    help: values.help === true,
    version: values.version === true,
    options: {
      ...named,
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
