// The target of a test: a section `approvals` of a rules file, compiled as the app compiles it.
import { createRequestPolicy } from "../../shared/config/approvals.ts";
import { createExpressions } from "../../shared/config/expressions.ts";
import { parseRules, rulesError } from "../../shared/config/rules.ts";
import type { ApprovalTarget } from "../../shared/flows/approval-world.ts";
import { sourceSchemas } from "../../shared/people/kinds.ts";
import type { Apim } from "../../shared/ports.ts";

const head = `owner: contoso-platform
targets:
  - { name: contoso, door: direct, baseUrl: https://contoso.management.azure-api.net, sas: { primaryKeySecret: primary } }
sources:
  - { name: hr, kind: csv, location: hr.csv, columns: { employeeNumber: WorkerID, manager: M, department: D, email: E, organization: O }, status: { column: S, active: [A] } }
people: { defaultTimeZone: Europe/Stockholm }
`;

/** The target `contoso` whose rules have this section. */
export async function createApprovalTarget(
  approvals: string,
  apim: Apim,
  leaver: ApprovalTarget["leaver"],
): Promise<ApprovalTarget> {
  const expressions = await createExpressions();
  const parsed = parseRules(`${head}${approvals}`, "rollcall.yaml", { expressions, sourceSchemas: sourceSchemas() });
  if (!parsed.ok) throw rulesError(parsed.problems);
  const policy = createRequestPolicy(parsed.rules, expressions);
  if (policy === undefined) throw new Error("The rules of the test say nothing about requests");
  const { protect } = parsed.rules;
  return { name: "contoso", owner: "contoso-platform", apim, policy, protect, leaver };
}
