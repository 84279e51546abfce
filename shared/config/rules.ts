// rollcall.yaml, read as a whole: either rules in which everything holds, or every problem with its line.
import { z } from "zod";
import { AppError } from "../core/errors.ts";
import { approvalsFindings } from "./approvals-checks.ts";
import { crossFindings } from "./rules-checks.ts";
import { createRulesSchema, type RulesDeps } from "./rules-schema.ts";
import { type Finding, schemaFindings } from "./schema-reasons.ts";
import { type SourceSchemas, sourceCommon } from "./source-schema.ts";
import { readYaml } from "./yaml-text.ts";

/** Line and column from 1. `path` is like `targets[0].sas.primaryKeySecret`; empty for the file as a whole. */
export type RulesProblem = {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly path: string;
  readonly reason: string;
};

type ParsedRules = z.output<ReturnType<typeof createRulesSchema>>;

/** One source: what all kinds share, and the entry's other keys as they were written, checked by the kind's schema. */
export type SourceRules = z.output<ReturnType<typeof sourceCommon>> & {
  readonly settings: Readonly<Record<string, unknown>>;
};

export type Rules = Omit<ParsedRules, "sources"> & { readonly sources: readonly SourceRules[] };
export type TargetRules = Rules["targets"][number];
export type GroupRules = Rules["groups"][number];
export type ApprovalRules = NonNullable<Rules["approvals"]>;

export type RulesResult =
  | { readonly ok: true; readonly rules: Rules; readonly at: ProblemAt }
  | { readonly ok: false; readonly problems: readonly RulesProblem[] };

/** A problem with the part at that path, for what is found in rules that hold. */
export type ProblemAt = (path: readonly PropertyKey[], reason: string) => RulesProblem;

function pathText(path: readonly PropertyKey[]): string {
  return path.reduce<string>((text, step) => {
    if (typeof step === "number") return `${text}[${step}]`;
    return text === "" ? String(step) : `${text}.${String(step)}`;
  }, "");
}

/** What a kind's schema checks beyond single values; its values themselves were checked with the whole file. */
function kindFindings(value: unknown, sourceSchemas: SourceSchemas): readonly Finding[] {
  return entriesOf(value).flatMap((entry, index) => {
    const schema = sourceSchemas[String(entry.kind)];
    const issues = schema?.safeParse(settingsOf(entry, schema)).error?.issues ?? [];
    return issues
      .filter(({ code }) => code === "custom")
      .map(({ path, message }) => ({ path: ["sources", index, ...path], reason: message }));
  });
}

const looseEntries = z.object({ sources: z.array(z.record(z.string(), z.unknown()).catch({})) });

function entriesOf(value: unknown): readonly Readonly<Record<string, unknown>>[] {
  return looseEntries.safeParse(value).data?.sources ?? [];
}

function settingsOf(entry: Readonly<Record<string, unknown>>, schema: z.ZodObject): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(entry).filter(([key]) => Object.hasOwn(schema.shape, key)));
}

function toSources(parsed: ParsedRules, value: unknown, deps: RulesDeps): readonly SourceRules[] {
  const common = sourceCommon(deps.expressions).strip();
  const entries = entriesOf(value);
  return parsed.sources.map((source, index) => {
    const shared = common.parse(source);
    const schema = deps.sourceSchemas[shared.kind];
    return { ...shared, settings: schema === undefined ? {} : settingsOf(entries[index] ?? {}, schema) };
  });
}

function compareProblems(a: RulesProblem, b: RulesProblem): number {
  return a.line - b.line || a.column - b.column;
}

/** Parses and checks the text of a rules file; never throws, whatever the text is. */
export function parseRules(text: string, file: string, deps: RulesDeps): RulesResult {
  const yaml = readYaml(text);
  if (!yaml.ok) return { ok: false, problems: yaml.problems.map((problem) => ({ file, path: "", ...problem })) };
  const { value, positionOf } = yaml;
  const at = (path: readonly PropertyKey[], reason: string, key?: string): RulesProblem => ({
    file,
    ...positionOf(path, key),
    path: pathText(key === undefined ? path : [...path, key]),
    reason,
  });
  const schema = createRulesSchema(deps);
  const parsed = schema.safeParse(value, { reportInput: true });
  const findings = [
    ...schemaFindings(schema, parsed.error?.issues ?? []),
    ...crossFindings(value, deps.sourceSchemas),
    ...approvalsFindings(value),
    ...kindFindings(value, deps.sourceSchemas),
  ];
  if (parsed.success && findings.length === 0) {
    return { ok: true, rules: { ...parsed.data, sources: toSources(parsed.data, value, deps) }, at };
  }
  const problems = findings.map(({ path, key, reason }) => at(path, reason, key));
  const unique = new Map(problems.map((problem) => [JSON.stringify(problem), problem]));
  return { ok: false, problems: [...unique.values()].sort(compareProblems) };
}

/** A problem as one line, which editors can jump to. */
export function problemText({ file, line, column, path, reason }: RulesProblem): string {
  return `${file}:${line}:${column}: ${path === "" ? "" : `${path}: `}${reason}`;
}

/** All problems as one error, a line for each. */
export function rulesError(problems: readonly RulesProblem[]): AppError {
  const lines = problems.map(problemText);
  return new AppError(
    "CONFIG_INVALID",
    `Cannot use the rules: ${lines.length} problem${lines.length === 1 ? "" : "s"} found\n${lines.join("\n")}`,
    {
      context: { problems: problems.length },
    },
  );
}

/** Number spaces whose workers a source can name: its own, or any where its rows name theirs. */
export function numberSpacesOf({ columns, map, numberSpace }: SourceRules): readonly string[] | "any" {
  return columns.numberSpace === undefined && map.numberSpace === undefined ? [numberSpace] : "any";
}
