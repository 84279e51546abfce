// A small valid rules file for tests, as lines, and the kinds of sources that it may name.
import { z } from "zod";
import { createExpressions } from "../../shared/config/expressions.ts";
import { parseRules, type RulesResult } from "../../shared/config/rules.ts";
import type { RulesDeps } from "../../shared/config/rules-schema.ts";

const sourceSchemas = {
  csv: z.strictObject({ location: z.string(), delimiter: z.string().length(1).default(",") }),
  http: z
    .strictObject({ url: z.string(), page: z.string().optional(), cursor: z.string().optional() })
    .refine(({ page, cursor }) => page === undefined || cursor === undefined, "expected page or cursor, not both"),
};

export async function rulesDeps(): Promise<RulesDeps> {
  return { expressions: await createExpressions(), sourceSchemas };
}

export const validText = `owner: contoso
targets:
  - name: main
    door: direct
    baseUrl: https://contoso.management.azure-api.net
    sas: { primaryKeySecret: apim-sas }
sources:
  - name: hr
    kind: csv
    location: hr.csv
    columns: { employeeNumber: WorkerID }
people:
  defaultTimeZone: Europe/Stockholm
`;

/** Parses the valid text after replacements; each must be found. */
export function parseChanged(deps: RulesDeps, changes: readonly (readonly [from: string, to: string])[]): RulesResult {
  const text = changes.reduce((result, [from, to]) => {
    if (!result.includes(from)) throw new Error(`the fixture has no ${JSON.stringify(from)}`);
    return result.replace(from, () => to);
  }, validText);
  return parseRules(text, "rollcall.yaml", deps);
}

/** `line:column path: reason` of each problem. */
export function problemLines(result: RulesResult): readonly string[] {
  if (result.ok) return [];
  return result.problems.map(({ line, column, path, reason }) => `${line}:${column} ${path}: ${reason}`);
}
