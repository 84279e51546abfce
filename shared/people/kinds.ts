// The kinds of HR sources: one table from the word in the rules to the settings of the kind and to its source.
import type { z } from "zod";
import { AppError } from "../core/errors.ts";
import type { PeopleSource } from "../ports.ts";
import { createCsvSource } from "./csv.ts";
import { csvSettings } from "./csv-settings.ts";
import { createJsonSource } from "./json.ts";
import { jsonSettings } from "./json-settings.ts";
import type { SourceConfig } from "./source-config.ts";
import type { SourceDeps } from "./source-deps.ts";

/** An entry of the rules: the part that all kinds share, and the rest as it was written. */
export type SourceEntry = SourceConfig & { readonly settings: Readonly<Record<string, unknown>> };

type SourceKind = {
  /** What a kind adds to the entry of a source. */
  readonly settings: z.ZodObject;
  /** @throws CONFIG_INVALID */
  readonly create: (entry: SourceEntry, deps: SourceDeps) => PeopleSource;
};

/** Every kind by its name. */
const sourceKinds: Readonly<Record<string, SourceKind>> = {
  csv: {
    settings: csvSettings,
    create: (entry, deps) => createCsvSource({ ...entry, ...parseSettings(csvSettings, entry) }, deps),
  },
  json: {
    settings: jsonSettings,
    create: (entry, deps) => createJsonSource({ ...entry, ...parseSettings(jsonSettings, entry) }, deps),
  },
};

/** The settings of each kind, for the schema of the rules. */
export function sourceSchemas(): Readonly<Record<string, z.ZodObject>> {
  return Object.fromEntries(Object.entries(sourceKinds).map(([kind, { settings }]) => [kind, settings]));
}

/** The source that an entry describes. @throws CONFIG_INVALID when kind, settings or mapping cannot be used */
export function createSource(entry: SourceEntry, deps: SourceDeps): PeopleSource {
  const kind = Object.hasOwn(sourceKinds, entry.kind) ? sourceKinds[entry.kind] : undefined;
  if (kind === undefined)
    throw unusable(entry, `its kind is "${entry.kind}", expected one of ${Object.keys(sourceKinds).join(", ")}`);
  return kind.create(entry, deps);
}

function parseSettings<S extends z.ZodObject>(schema: S, entry: SourceEntry): z.output<S> {
  const parsed = schema.safeParse(entry.settings);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`);
  throw unusable(entry, problems.join("; "));
}

function unusable(entry: SourceEntry, reason: string): AppError {
  return new AppError("CONFIG_INVALID", `Cannot use source "${entry.name}": ${reason}`);
}
