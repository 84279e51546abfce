// What must be right between the parts of a rules file: names that stand once, names that lead somewhere, fields that are
// mapped once. Looks at the file as it was written, so that these findings come together with those of the schema.
import { z } from "zod";
import type { Finding } from "./schema-reasons.ts";
import type { SourceSchemas } from "./source-schema.ts";

type Path = readonly PropertyKey[];

/** A named thing and where its name stands. */
type Named = { readonly name: string; readonly path: Path };

const text = z.string().optional().catch(undefined);
const map = z.record(z.string(), z.unknown()).catch({});

function listOf<T extends z.ZodType<object>>(item: T) {
  return z.array(item).catch([]);
}

const groupsShape = listOf(z.object({ id: text }).catch({ id: undefined }));

/** Only what is checked here; what does not fit is the schema's concern and counts as absent. */
const looseRules = z
  .object({
    targets: listOf(
      z
        .object({
          name: text,
          sources: z.array(z.unknown()).optional().catch([]),
          groups: groupsShape,
          delegation: z.unknown().optional(),
        })
        .catch({ name: undefined, sources: [], groups: [], delegation: undefined }),
    ),
    sources: listOf(
      z
        .object({ name: text, kind: text, columns: map, map, status: map })
        .catch({ name: undefined, kind: undefined, columns: {}, map: {}, status: {} }),
    ),
    groups: groupsShape,
    people: z
      .object({
        tenantId: z.unknown().optional(),
        precedence: z.record(z.string(), z.unknown()).optional().catch(undefined),
      })
      .catch({}),
  })
  .catch({ targets: [], sources: [], groups: [], people: {} });

type LooseRules = z.output<typeof looseRules>;
type LooseSource = LooseRules["sources"][number];
type LooseGroups = LooseRules["groups"];

function namesOf(items: readonly { readonly name?: string | undefined }[], path: Path): readonly Named[] {
  return items.flatMap(({ name }, index) => (name === undefined ? [] : [{ name, path: [...path, index, "name"] }]));
}

function groupNames(groups: LooseGroups, path: Path): readonly Named[] {
  return groups.flatMap(({ id }, index) => (id === undefined ? [] : [{ name: id, path: [...path, index, "id"] }]));
}

/** The second and later ones of a name; API Management and storage do not tell capitals apart. */
function repeated(named: readonly Named[], what: string): readonly Finding[] {
  const seen = new Set<string>();
  return named.flatMap(({ name, path }) => {
    const folded = name.toLowerCase();
    if (seen.has(folded))
      return [{ path, reason: `another ${what} has this ${path.at(-1) === "id" ? "id" : "name"} already` }];
    seen.add(folded);
    return [];
  });
}

function repeatedGroups(rules: LooseRules): readonly Finding[] {
  const common = groupNames(rules.groups, ["groups"]);
  const ofTargets = rules.targets.flatMap(({ groups }, index) => {
    const own = repeated([...common, ...groupNames(groups, ["targets", index, "groups"])], "group");
    return own.filter(({ path }) => path[0] === "targets");
  });
  return [...repeated(common, "group"), ...ofTargets];
}

function unknownSources(rules: LooseRules): readonly Finding[] {
  const known = new Set(rules.sources.map(({ name }) => name));
  return rules.targets.flatMap(({ sources }, target) =>
    (sources ?? []).flatMap((name, index) =>
      typeof name !== "string" || known.has(name)
        ? []
        : [{ path: ["targets", target, "sources", index], reason: "no source has this name" }],
    ),
  );
}

/** By the entry itself or by what its kind maps unless it is told otherwise. */
function mapsField(
  { columns, map: expressions, kind }: LooseSource,
  field: string,
  sourceSchemas: SourceSchemas,
): boolean {
  const usual = map.parse(sourceSchemas[kind ?? ""]?.meta()?.columns);
  return [columns, expressions, usual].some((fields) => Object.hasOwn(fields, field));
}

/** Delegation signs people in by their object id: somebody has to say whose tenant it is of, and whose id. */
function delegationFindings(
  { targets, sources, people }: LooseRules,
  sourceSchemas: SourceSchemas,
): readonly Finding[] {
  return targets.flatMap((target, index) => {
    if (target.delegation === undefined) return [];
    const path: Path = ["targets", index, "delegation"];
    const read = sources.filter(({ name = "" }) => target.sources === undefined || target.sources.includes(name));
    const mapped = read.some((source) => mapsField(source, "entraObjectId", sourceSchemas));
    return [
      ...(people.tenantId === undefined
        ? [{ path, reason: "needs people.tenantId, the tenant that people sign in with" }]
        : []),
      ...(mapped ? [] : [{ path, reason: "needs entraObjectId, which none of the target's sources maps" }]),
    ];
  });
}

function mappingFindings(source: LooseSource, path: Path, sourceSchemas: SourceSchemas): readonly Finding[] {
  const { columns, map: expressions } = source;
  const twice = Object.keys(expressions).filter((field) => Object.hasOwn(columns, field));
  const findings: Finding[] = twice.map((field) => ({
    path: [...path, "map", field],
    reason: "the field stands in columns as well, expected it in one of them",
  }));
  if (!mapsField(source, "employeeNumber", sourceSchemas))
    findings.push({ path, reason: "employeeNumber is mapped neither in columns nor in map, it is the worker's key" });
  return findings;
}

function wordsOf(status: Readonly<Record<string, unknown>>, list: string, path: Path): readonly Named[] {
  const words = status[list];
  if (!Array.isArray(words)) return [];
  return words.flatMap((word: unknown, index) =>
    typeof word === "string" ? [{ name: word.trim(), path: [...path, "status", list, index] }] : [],
  );
}

function repeatedWords({ status }: LooseSource, path: Path): readonly Finding[] {
  const words = ["active", "onLeave", "ended"].flatMap((list) => wordsOf(status, list, path));
  return repeated(words, "word").map((finding) => ({ ...finding, reason: "the word stands in these lists already" }));
}

/** Names of sources by field. Only those of `default` are merged, so the other lists name no others. */
function precedenceFindings({ sources, people: { precedence } }: LooseRules): readonly Finding[] {
  if (precedence === undefined) return [];
  const path = ["people", "precedence"];
  const known = sources.map(({ name }) => name);
  const { default: all, ...fields } = precedence;
  if (all === undefined) return [{ path, reason: "default is missing, it names every source that is merged" }];
  const merged = Array.isArray(all) ? all : [];
  const lists = Object.entries(fields).flatMap(([field, list]) => (Array.isArray(list) ? [{ field, list }] : []));
  const strange = (field: string, list: readonly unknown[], names: readonly unknown[], reason: string): Finding[] =>
    list.flatMap((name, index) => (names.includes(name) ? [] : [{ path: [...path, field, index], reason }]));
  return [
    ...strange("default", merged, known, "no source has this name"),
    ...lists.flatMap(({ field, list }) => strange(field, list, merged, "the source is not in default")),
  ];
}

/** Everything that is wrong between the parts; the value is the file's, whatever it is. */
export function crossFindings(value: unknown, sourceSchemas: SourceSchemas): readonly Finding[] {
  const rules = looseRules.parse(value);
  return [
    ...repeated(namesOf(rules.targets, ["targets"]), "target"),
    ...repeated(namesOf(rules.sources, ["sources"]), "source"),
    ...repeatedGroups(rules),
    ...unknownSources(rules),
    ...delegationFindings(rules, sourceSchemas),
    ...precedenceFindings(rules),
    ...rules.sources.flatMap((source, index) => [
      ...mappingFindings(source, ["sources", index], sourceSchemas),
      ...repeatedWords(source, ["sources", index]),
    ]),
  ];
}
