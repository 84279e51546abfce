// The kinds of HR sources: one table from the word in the rules to the kind. A new kind is one file and one row here.
import type { z } from "zod";
import type { PeopleSource } from "../ports.ts";
import { bamboohrKind } from "./bamboohr.ts";
import { createCsvSource } from "./csv.ts";
import { csvSettings } from "./csv-settings.ts";
import { graphKind } from "./graph.ts";
import { hibobKind } from "./hibob.ts";
import { createJsonSource } from "./json.ts";
import { jsonSettings } from "./json-settings.ts";
import { personioKind } from "./personio.ts";
import { scimKind } from "./scim.ts";
import type { SourceDeps } from "./source-deps.ts";
import { parseSettings, type SourceEntry, type SourceKind, unusable } from "./source-kind.ts";
import { successFactorsKind } from "./successfactors.ts";
import { workdayKind } from "./workday.ts";

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
  bamboohr: bamboohrKind,
  graph: graphKind,
  hibob: hibobKind,
  personio: personioKind,
  scim: scimKind,
  successfactors: successFactorsKind,
  workday: workdayKind,
};

/** The settings of each kind, for the schema of the rules. What a kind maps by itself stands in the schema's meta data
 * as `columns`. */
export function sourceSchemas(): Readonly<Record<string, z.ZodObject>> {
  return Object.fromEntries(
    Object.entries(sourceKinds).map(([kind, { settings, columns }]) => [
      kind,
      columns === undefined ? settings : settings.meta({ columns }),
    ]),
  );
}

/** The source that an entry describes. @throws CONFIG_INVALID when kind, settings or mapping cannot be used */
export function createSource(entry: SourceEntry, deps: SourceDeps): PeopleSource {
  const kind = Object.hasOwn(sourceKinds, entry.kind) ? sourceKinds[entry.kind] : undefined;
  if (kind === undefined)
    throw unusable(entry.name, `its kind is "${entry.kind}", expected one of ${Object.keys(sourceKinds).join(", ")}`);
  return kind.create(entry, deps);
}
