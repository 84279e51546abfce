// A log of one JSON object per line, for people and for machines that read lines. Values may come from HR or from API
// Management's profiles, so they are an attacker's text: cut, escaped, and never able to begin a line of their own.
import type { Clock, Log, LogFields } from "../ports.ts";

const levels = ["debug", "info", "warn", "error"] as const;

export type LogLevel = (typeof levels)[number];

const maxTextLength = 300;

// JSON escapes U+0000 to U+001F itself; these too steer terminals, end lines or turn the reading direction.
const steering = /[\u007f-\u009f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g;

const secretWords: ReadonlySet<string> = new Set(
  "auth authorization bearer cookie credential credentials key keys passphrase password pwd sas secret secrets sig signature token tokens".split(
    " ",
  ),
);

/** Written whatever the level: the end of the audit, which the audit is held against, has to stand in another place. */
const always: ReadonlySet<string> = new Set(["audit.recorded", "audit.day.closed"]);

/** Takes a line with a line break at its end. */
export type WriteLine = (line: string, level: LogLevel) => void;

/** A log that gives each line at `level` or above to `write`. With a clock each line
 * carries its time. Text of a field whose name speaks of a secret (`authorization`, `primaryKey`, `sas-token`) is
 * replaced by `REDACTED`. */
export function createJsonLog(options: {
  readonly level: LogLevel;
  readonly write: WriteLine;
  readonly clock?: Pick<Clock, "now">;
}): Log {
  const { level, write, clock } = options;
  return createLog({});

  function createLog(context: LogFields): Log {
    const at = (lineLevel: LogLevel) => (event: string, fields?: LogFields) => {
      if (levels.indexOf(lineLevel) < levels.indexOf(level) && !always.has(event)) return;
      const time = clock === undefined ? {} : { time: new Date(clock.now()).toISOString() };
      // The line's own three names come last: no field can take their place.
      const line = toLine({ ...safeFields({ ...context, ...fields }), ...time, level: lineLevel, event: cut(event) });
      write(`${line}\n`, lineLevel);
    };
    return {
      debug: at("debug"),
      info: at("info"),
      warn: at("warn"),
      error: at("error"),
      with: (fields) => createLog({ ...context, ...fields }),
      writesDebug: level === "debug",
    };
  }
}

function safeFields(fields: LogFields): LogFields {
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [cut(name), safeValue(name, value)]));
}

function safeValue(name: string, value: string | number | boolean | undefined): string | number | boolean | undefined {
  if (typeof value === "number" && !Number.isFinite(value)) return String(value);
  if (typeof value !== "string") return value;
  return speaksOfSecret(name) ? "REDACTED" : cut(value);
}

function speaksOfSecret(name: string): boolean {
  const words = name
    .replace(/([a-z0-9])([A-Z])/g, "$1 $2")
    .toLowerCase()
    .split(/[^a-z0-9]+/);
  return words.some((word) => secretWords.has(word));
}

function cut(text: string): string {
  return text.length <= maxTextLength ? text : `${text.slice(0, maxTextLength - 1)}…`;
}

function toLine(fields: LogFields): string {
  const { time, level, event, ...rest } = fields;
  return JSON.stringify({ time, level, event, ...rest }).replace(
    steering,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
