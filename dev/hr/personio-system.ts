// A simulated Personio, versions 1 and 2 of its interface: tokens for client credentials, /v1/company/employees,
// /v2/persons with their employments, /v2/org-units. Version 1 hands out the next token with each answer.
// https://developer.personio.de/reference/get_company-employees, get_v2-persons and getorgunit
import {
  credentialOf,
  type HrAnswer,
  type HrCall,
  type HrSystem,
  type HrWorld,
  jsonOf,
  slice,
  sliceAfter,
} from "./hr-system.ts";
import { createHrTokens } from "./hr-tokens.ts";
import { departmentsOf, employeeOf, employmentsOf, personOf } from "./personio-records.ts";

export type PersonioOptions = {
  /** True when a token of version 1 is good for one request, as it was for years; else for a day. */
  readonly tokensOnce?: boolean;
  /** Attributes of version 1 that the credentials may read; all unless stated. */
  readonly readable?: readonly string[];
};

const clientId = "rollcall";
const mostEmployees = 100;
const mostPersons = 50;
const tokenSeconds = 86_400;

export function createPersonioSystem({ tokensOnce = false, readable }: PersonioOptions = {}): HrSystem {
  const tokens = createHrTokens("papi", tokenSeconds);

  function answerWithToken(call: HrCall, world: HrWorld): HrAnswer {
    const token = credentialOf(call, "Bearer") ?? "";
    if (!tokens.isGood(token, world)) return refusal(401, "The token is not valid");
    const answer = resource(call, world, readable);
    if (!call.url.pathname.startsWith("/v1/")) return answer;
    if (tokensOnce) tokens.end(token);
    const next = tokensOnce ? tokens.make(world) : token;
    return { ...answer, headers: { ...answer.headers, Authorization: `Bearer ${next}` } };
  }

  return {
    name: "personio",
    endTokens: () => tokens.end(),
    isPage: ({ url }) => url.pathname === "/v1/company/employees" || url.pathname === "/v2/persons",
    errorInside: { success: false, error: { code: 0, message: "Something went wrong" } },
    expired: problem(400, "The cursor is not valid"),
    answer(call, world) {
      const { pathname } = call.url;
      if (call.method === "POST" && pathname === "/v1/auth") {
        if (!isClient(jsonOf(call), world.secret)) return refusal(403, "Wrong credentials");
        return { status: 200, json: { success: true, data: { token: tokens.make(world) } } };
      }
      if (call.method === "POST" && pathname === "/v2/auth/token") {
        const form = Object.fromEntries(new URLSearchParams(call.body));
        if (form.grant_type !== "client_credentials") return { status: 400, json: { error: "unsupported_grant_type" } };
        if (!isClient(form, world.secret)) return { status: 400, json: { error: "unauthorized_client" } };
        const token = { access_token: tokens.make(world), token_type: "Bearer", expires_in: tokenSeconds };
        return { status: 200, json: token };
      }
      return answerWithToken(call, world);
    },
  };
}

function isClient(given: unknown, secret: string): boolean {
  const fields: Readonly<Record<string, unknown>> = typeof given === "object" && given !== null ? { ...given } : {};
  return fields.client_id === clientId && fields.client_secret === secret;
}

function resource(call: HrCall, world: HrWorld, readable: PersonioOptions["readable"]): HrAnswer {
  const { pathname } = call.url;
  const [, employee] = /^\/v1\/company\/employees\/(\d+)$/.exec(pathname) ?? [];
  const [, person, employments] = /^\/v2\/persons\/(\d+)(\/employments)?$/.exec(pathname) ?? [];
  const [, unit] = /^\/v2\/org-units\/(\d+)$/.exec(pathname) ?? [];
  const found = world.workers.find(({ employeeNumber }) => employeeNumber === (employee ?? person));
  if (pathname === "/v1/company/employees") return employees(call, world, readable);
  if (pathname === "/v2/persons") return persons(call, world);
  if (unit !== undefined) return orgUnit(unit, call, world);
  if (employee !== undefined && found !== undefined)
    return { status: 200, json: { success: true, data: employeeOf(found, world, readable) } };
  if (employee !== undefined) return refusal(404, "Employee not found");
  if (found === undefined) return problem(404, "There is no resource for the specified id.");
  if (employments === undefined) return { status: 200, json: personOf(found, call.url) };
  return { status: 200, json: { _data: employmentsOf(found, world), _meta: { links: {} } } };
}

function employees(call: HrCall, world: HrWorld, readable: PersonioOptions["readable"]): HrAnswer {
  const query = call.url.searchParams;
  const asked = query.getAll("attributes[]");
  const limit = Math.min(Number(query.get("limit") ?? 50), mostEmployees, world.pageSize);
  const offset = Number(query.get("offset") ?? 0);
  const { rows, total } = slice(world, offset, limit);
  const shown = asked.length === 0 ? readable : asked.filter((name) => readable?.includes(name) ?? true);
  const data = rows.map((worker) => employeeOf(worker, world, shown));
  const pages = {
    total_elements: total,
    current_page: Math.floor(offset / limit),
    total_pages: Math.ceil(total / limit),
  };
  return { status: 200, json: { success: true, metadata: pages, offset, limit, data } };
}

function persons(call: HrCall, world: HrWorld): HrAnswer {
  const query = call.url.searchParams;
  const ids = query.get("id")?.split(",");
  // A cursor stands at the last person of the page.
  const cursor = query.get("cursor")?.replace(/^cur_/, "");
  const workers = ids === undefined ? world.workers : world.workers.filter((one) => ids.includes(one.employeeNumber));
  const limit = Math.min(Number(query.get("limit") ?? 10), mostPersons);
  const found = sliceAfter({ ...world, workers }, cursor, limit);
  if (found === undefined) return problem(400, "The cursor is not valid");
  const { rows, next } = found;
  const links = next === undefined ? {} : { next: { href: linkTo(call.url, next) } };
  return { status: 200, json: { _data: rows.map((worker) => personOf(worker, call.url)), _meta: { links } } };
}

function linkTo(url: URL, after: string): string {
  const link = new URL(url);
  link.searchParams.set("cursor", `cur_${after}`);
  return link.href;
}

function orgUnit(id: string, call: HrCall, world: HrWorld): HrAnswer {
  const type = call.url.searchParams.get("type");
  const name = type === "team" ? "Everybody" : departmentsOf(world)[Number(id) - 1];
  return name === undefined
    ? problem(404, "No such org unit")
    : { status: 200, json: { id, type, name, abbreviation: "" } };
}

function refusal(status: number, message: string): HrAnswer {
  return { status, json: { success: false, error: { code: status, message } } };
}

function problem(status: number, detail: string): HrAnswer {
  return { status, json: { errors: [{ title: "Refused", detail }] } };
}
