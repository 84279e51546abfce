// What makes a kind of HR source: its settings, what it maps when the rules say nothing, and how it is read.
import { z } from "zod";
import { AppError } from "../core/errors.ts";
import { type MappableField, mappableFields } from "../core/person.ts";
import type { PeopleSource } from "../ports.ts";
import { headerSettings } from "./authentication-settings.ts";
import { createEndpointSource, type Endpoint } from "./endpoint.ts";
import type { SourceConfig, StatusWords } from "./source-config.ts";
import type { SourceDeps } from "./source-deps.ts";
import { checkSourceUrl } from "./source-url.ts";

/** An entry of the rules: the part that all kinds share, and the rest as it was written. */
export type SourceEntry = SourceConfig & { readonly settings: Readonly<Record<string, unknown>> };

export type SourceKind = {
  /** What a kind adds to the entry of a source. */
  readonly settings: z.ZodObject;
  /** Mapped where the rules map nothing else. Never `numberSpace`: which spaces a source names, its entry says. */
  readonly columns?: UsualColumns;
  /** @throws CONFIG_INVALID */
  readonly create: (entry: SourceEntry, deps: SourceDeps) => PeopleSource;
};

export type UsualColumns = Omit<SourceConfig["columns"], "numberSpace">;

const endpointSettings = z.object({
  headers: headerSettings,
  omit: z
    .array(z.enum(mappableFields))
    .default([])
    .describe("Fields that the kind maps by itself and this system does not have"),
  alsoRead: z
    .array(z.string().min(1).max(500))
    .default([])
    .describe("Further fields to ask the system for, which only expressions under map use"),
});

type Usual = { readonly columns: UsualColumns; readonly status?: StatusWords };

export type EndpointKind<S extends z.ZodRawShape> = {
  /** The settings of this kind, beside those that all endpoints have (headers, omit, alsoRead). */
  readonly settings: S;
  readonly columns: UsualColumns;
  /** What the rules replace as a whole when they have a `status`. Absent: everybody is active until the end date. */
  readonly status?: StatusWords;
  /** Columns and status where a setting chooses another interface of the system, with other names. */
  readonly usual?: (settings: z.output<z.ZodObject<S>>) => Usual;
  readonly endpoint: (settings: z.output<z.ZodObject<S>>, context: EndpointContext) => Endpoint;
};

export type EndpointContext = {
  /** Name of the source, for messages. */
  readonly source: string;
  /** What to ask the system for: the columns of the mapping, and `alsoRead`. */
  readonly inputs: readonly string[];
  /** Which column a field comes from; a field that an expression gives has none. */
  readonly columns: SourceConfig["columns"];
  /** Every field that is mapped, from a column or by an expression. */
  readonly fields: readonly string[];
  /** Epoch milliseconds. */
  readonly now: () => number;
};

/** A kind that is an endpoint of JSON pages. */
export function endpointKind<S extends z.ZodRawShape>(kind: EndpointKind<S>): SourceKind {
  const settings = z.strictObject({ ...kind.settings, ...endpointSettings.shape });
  return {
    settings,
    columns: kind.columns,
    create(entry, deps) {
      parseSettings(settings, entry);
      const own = parseSettings(z.object(kind.settings), entry);
      const { headers, omit, alsoRead } = parseSettings(endpointSettings, entry);
      const config = withUsual(entry, kind.usual?.(own) ?? kind, omit);
      const { columns } = config;
      const fields = [...Object.keys(columns), ...Object.keys(config.map)];
      return createEndpointSource(config, deps, (mapped) => {
        const inputs = [...new Set([...mapped, ...alsoRead])];
        const now = () => deps.clock.now();
        const endpoint = kind.endpoint(own, { inputs, source: entry.name, columns, fields, now });
        return { ...endpoint, headers: { ...endpoint.headers, ...headers } };
      });
    },
  };
}

/** The entry with the kind's own mapping where the rules have none. */
function withUsual(entry: SourceEntry, usual: Usual, omit: readonly MappableField[]): SourceConfig {
  const left = Object.entries(usual.columns).filter(
    ([field]) => !Object.hasOwn(entry.map, field) && !omit.some((omitted) => omitted === field),
  );
  return {
    ...entry,
    columns: { ...Object.fromEntries(left), ...entry.columns },
    status: entry.status ?? usual.status,
  };
}

/** @throws CONFIG_INVALID */
export function parseSettings<S extends z.ZodType>(schema: S, entry: SourceEntry): z.output<S> {
  const parsed = schema.safeParse(entry.settings);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`);
  throw unusable(entry.name, problems.join("; "));
}

export function unusable(source: string, reason: string): AppError {
  return new AppError("CONFIG_INVALID", `Cannot use source "${source}": ${reason}`);
}

/** The address of a system with a path after it. @throws CONFIG_INVALID for one without TLS that is not this machine */
export function systemUrl(source: string, base: string, path: string): URL {
  const checked = checkSourceUrl(base);
  if (!checked.ok) throw unusable(source, `its address cannot be used: ${checked.reason}`);
  return new URL(`${checked.url.href.split(/[?#]/)[0]?.replace(/\/+$/, "")}${path}`);
}
