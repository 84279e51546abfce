// The persons of a simulated SAP SuccessFactors: GET /odata/v2/PerPerson with $select, $expand, $filter, $inlinecount,
// customPageSize and snapshots, and POST /oauth/token, which wants a signed SAML assertion. Workers with one employee
// number are one person with several employments. The secret is a password, or the private key of the OAuth client.
import { basicOf, credentialOf, type HrAnswer, type HrCall, type HrSystem, type HrWorld, slice } from "./hr-system.ts";
import { createHrTokens, type HrTokens } from "./hr-tokens.ts";
import { type Entity, entityOf, project } from "./successfactors-entity.ts";
import { assertionFault } from "./successfactors-token.ts";
import type { HrWorker } from "./workers.ts";

/** What a snapshot keeps: which persons there were, and since when (epoch milliseconds). The session that took it has
 * its name. */
type Snapshot = { readonly persons: readonly HrWorker[]; readonly at: number };

const snapshotLifeMs = 15 * 60_000;
const tokenSeconds = 86_400;
const lost = "[COE0019][SNP]Snapshot lost for current pagination query, pls relaunch query and start from 1st page.";

export function createSuccessFactorsSystem(): HrSystem {
  const snapshots = new Map<string, Snapshot>();
  const tokens = createHrTokens("token", tokenSeconds);
  return {
    name: "successfactors",
    endTokens: () => tokens.end(),
    isPage: ({ url }) => url.pathname === "/odata/v2/PerPerson",
    errorInside: errorOf("COE_GENERAL_SERVER_FAILURE", "Internal Server Error"),
    expired: refusal(500, "COE_GENERAL_SERVER_FAILURE", lost),
    answer(call, world) {
      if (call.method === "POST" && call.url.pathname === "/oauth/token") return token(call, world, tokens);
      const isKnown = tokens.isGood(credentialOf(call, "Bearer"), world) || basicOf(call)?.password === world.secret;
      if (!isKnown) return refusal(401, "LGN0008", "Authentication failed");
      if (call.method !== "GET" || call.url.pathname !== "/odata/v2/PerPerson")
        return refusal(404, "COE_ENTITY_NOT_FOUND", "[COE0018]Entity not found");
      return persons(call, world, snapshots);
    },
  };
}

function token(call: HrCall, world: HrWorld, tokens: HrTokens): HrAnswer {
  const fault = assertionFault(call, world);
  if (fault !== undefined) return { status: 401, json: { error: "invalid_grant", error_description: fault } };
  const made = { access_token: tokens.make(world), token_type: "Bearer", expires_in: tokenSeconds };
  return { status: 200, json: made };
}

function persons(call: HrCall, world: HrWorld, snapshots: Map<string, Snapshot>): HrAnswer {
  const query = call.url.searchParams;
  const [name = "", at = "0"] = (query.get("$skiptoken") ?? "").split("~");
  const kept = snapshots.get(name);
  const isHere = call.headers.cookie?.split("; ").includes(`JSESSIONID=${name}`) === true;
  if (name !== "" && (kept === undefined || !isHere || world.now - kept.at > snapshotLifeMs))
    return refusal(500, "COE_GENERAL_SERVER_FAILURE", lost);
  const fits = predicateOf(query.get("$filter") ?? "");
  if (fits === undefined) return refusal(400, "COE_INVALID_FILTER", "[COE0016]Invalid filter");
  const found = kept?.persons ?? firstOfEachPerson(world.workers).filter(fits);
  const { rows, next, total } = slice(
    { ...world, workers: found },
    Number(at),
    Number(query.get("customPageSize") ?? 1_000),
  );
  const selected = rows.map((person) => project(entityOf(employmentsOf(person, world), world), query));
  if (selected.some((each) => each === undefined))
    return refusal(400, "COE_PROPERTY_NOT_FOUND", "[COE0021]Invalid property names");
  const snapshot = next === undefined ? name : snapshotName(name, found, world, snapshots);
  const d = {
    results: selected,
    ...(query.get("$inlinecount") === "allpages" ? { __count: String(total) } : {}),
    ...(next === undefined ? {} : { __next: nextLink(call, next, snapshot) }),
  };
  return { status: 200, headers: { "Set-Cookie": `JSESSIONID=${snapshot}; Path=/; HttpOnly` }, json: { d } };
}

function snapshotName(
  name: string,
  found: readonly HrWorker[],
  { now }: HrWorld,
  snapshots: Map<string, Snapshot>,
): string {
  if (name !== "") return name;
  const made = `snapshot-${snapshots.size + 1}`;
  snapshots.set(made, { persons: found, at: now });
  return made;
}

function nextLink({ url }: HrCall, next: number, snapshot: string): string {
  const link = new URL(url);
  link.searchParams.set("$skiptoken", `${snapshot}~${next}`);
  return link.href;
}

function firstOfEachPerson(workers: readonly HrWorker[]): readonly HrWorker[] {
  const seen = new Set<string>();
  return workers.filter(({ employeeNumber }) => {
    const isFirst = employeeNumber === "" || !seen.has(employeeNumber);
    seen.add(employeeNumber);
    return isFirst;
  });
}

function employmentsOf(person: HrWorker, { workers }: HrWorld): readonly HrWorker[] {
  if (person.employeeNumber === "") return [person];
  return workers.filter(({ employeeNumber }) => employeeNumber === person.employeeNumber);
}

/** Each of the workers has an employment, so the one condition about them always holds. */
function predicateOf(filter: string): ((person: HrWorker) => boolean) | undefined {
  const both = /^\((.*?)\) and (.*)$/.exec(filter);
  if (both !== null) {
    const [first, second] = [predicateOf(both[1] ?? ""), predicateOf(both[2] ?? "")];
    return first && second && ((person) => first(person) && second(person));
  }
  if (filter === "" || filter === "personEmpTerminationInfoNav/activeEmploymentsCount ne null") return () => true;
  const text = /^personIdExternal eq '((?:[^']|'')*)'$/.exec(filter)?.[1]?.replaceAll("''", "'");
  return text === undefined ? undefined : ({ employeeNumber }) => employeeNumber === text;
}

function errorOf(code: string, value: string): Entity {
  return { error: { code, message: { lang: "en-US", value } } };
}

function refusal(status: number, code: string, value: string): HrAnswer {
  return { status, json: errorOf(code, value) };
}
