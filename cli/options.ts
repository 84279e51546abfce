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
  now: { type: "string" },
  target: { type: "string" },
  source: { type: "string" },
  purpose: { type: "string" },
  worker: { type: "string" },
  accept: { type: "string" },
  identifier: { type: "string" },
  expiry: { type: "string" },
  secret: { type: "string" },
  limit: { type: "string" },
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

/** @throws CONFIG_INVALID for an unknown flag or a value of another form */
export function readOptions(args: readonly string[]): Invocation {
  const { values, positionals } = parse(args);
  const [command, ...operands] = positionals;
  const { config, target, source, worker, accept, identifier, expiry, secret } = values;
  const now = instant(values.now);
  if (now !== undefined && command === "apply")
    throw invalid("--now is for plan and people; what is written always goes by the time of the run");
  if (values.json === true && values.csv === true) throw invalid("--json and --csv are there both, expected one");
  const named = {
    ...(config !== undefined && { config }),
    ...(target !== undefined && { target }),
    ...(source !== undefined && { source }),
    ...(worker !== undefined && { worker }),
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
      json: values.json === true,
      csv: values.csv === true,
      problems: values.problems === true,
      purpose: purpose(values.purpose),
      limit: limit(values.limit),
      operands,
    },
  };
}
