// A large HR file as Rollcall reads it: the source, the scope, and what all rows together say about each worker.
import { createSystemClock } from "../shared/clock.ts";
import { createExpressions } from "../shared/config/expressions.ts";
import { policyFor } from "../shared/config/policy.ts";
import { createCalendar } from "../shared/core/calendar.ts";
import { resolveWorkers } from "../shared/core/workers.ts";
import { createNodeFetchTransport } from "../shared/http/node-fetch-transport.ts";
import { createJsonLog } from "../shared/log/json-log.ts";
import { createSourceDeps } from "../shared/people/create-source-deps.ts";
import { createSource } from "../shared/people/kinds.ts";
import { identity } from "./arm-token.ts";
import { createCompany } from "./company.ts";
import { rulesText } from "./company-files.ts";
import { readRules } from "./ours.ts";
import type { Facts } from "./task.ts";

const target = `  - { name: contoso, door: direct, baseUrl: "http://127.0.0.1:9", sas: { primaryKeySecret: primary } }\n`;

/** @throws when the file was not read completely */
export async function readWorkers(hrFile: string, scope: string): Promise<Facts> {
  const clock = createSystemClock();
  const expressions = await createExpressions();
  const company = createCompany({ people: 0, groups: 0, changedShare: 0 });
  const rules = readRules(rulesText(company, hrFile, [target], scope), expressions);
  const policy = policyFor(rules, "contoso", expressions);
  const log = createJsonLog({ level: "error", write: (line) => process.stderr.write(line), clock });
  const secrets = { get: () => Promise.reject(new Error("No secret is needed")) };
  const transport = createNodeFetchTransport();
  const deps = createSourceDeps({ clock, log, secrets, identity, expressions, transport });
  const [entry] = rules.sources;
  if (entry === undefined) throw new Error("Cannot read the file: the rules have no source");
  const read = await createSource(entry, { ...deps, memory: undefined, people: policy.people }).read(
    new AbortController().signal,
  );
  if (read.completeness !== "complete") throw new Error(read.evidence.incompleteBecause.join("; "));
  const leftOut = read.leftOut === undefined ? [] : [read.leftOut];
  const { standings, findings } = resolveWorkers(read.people, policy, createCalendar(clock.now()), leftOut);
  const present = [...standings.values()].filter(({ kind }) => kind === "present").length;
  return { rows: read.evidence.rows, present, leftOut: read.leftOut?.size() ?? 0, findings: findings.length };
}
