// A simulated Workday report that is enabled as a web service: GET /ccx/service/customreport2/{tenant}/{owner}/{report}.
// It has no paging and no choice of fields: all columns come, those with nothing in them left out. Its prompts are
// Employee_ID and Supervisory_Organization; a parameter that is no prompt is passed over. The secret is the password of
// the integration system user, and the client's secret and the refresh token of POST /ccx/oauth2/{tenant}/token.
import { basicOf, credentialOf, type HrAnswer, type HrCall, type HrSystem, type HrWorld } from "./hr-system.ts";
import { createHrTokens, type HrTokens } from "./hr-tokens.ts";
import type { HrWorker } from "./workers.ts";

const reportPath = "/ccx/service/customreport2/contoso/isu_rollcall/Rollcall_Workers";
const tokenPath = "/ccx/oauth2/contoso/token";

/** The service does not say how long they live. */
const tokenSeconds = 4 * 3600;

const statusWords = { active: "Active", onLeave: "On Leave", ended: "Terminated" } as const;

/** `isContingent` says whose number is one of contingent workers. */
export function createWorkdaySystem(options: { readonly isContingent?: (worker: HrWorker) => boolean } = {}): HrSystem {
  const { isContingent = () => false } = options;
  const tokens = createHrTokens("token", tokenSeconds);
  return {
    name: "workday",
    endTokens: () => tokens.end(),
    isPage: ({ url }) => url.pathname === reportPath,
    errorInside: { error: "Processing error: the report could not be run" },
    answer(call, world) {
      if (call.method === "POST" && call.url.pathname === tokenPath) return token(call, world, tokens);
      if (basicOf(call)?.password !== world.secret && !tokens.isGood(credentialOf(call, "Bearer"), world))
        return { status: 401, json: { error: "invalid username or password" } };
      if (call.method !== "GET" || call.url.pathname !== reportPath)
        return { status: 404, json: { error: "The requested resource does not exist" } };
      const query = call.url.searchParams;
      if (query.get("format") !== "json") return { status: 200, text: "<wd:Report_Data/>" };
      const fits = (worker: HrWorker) =>
        isAsked(query.get("Employee_ID"), worker.employeeNumber) &&
        isAsked(query.get("Supervisory_Organization"), worker.department);
      const entries = world.workers.filter(fits).map((worker) => entryOf(worker, isContingent(worker)));
      return { status: 200, json: { Report_Entry: entries } };
    },
  };
}

function isAsked(prompt: string | null, value: string): boolean {
  return prompt === null || prompt === value;
}

function entryOf(worker: HrWorker, contingent: boolean): Readonly<Record<string, unknown>> {
  const entry = {
    Employee_ID: worker.employeeNumber,
    Worker_Type: contingent ? "Contingent Worker" : "Employee",
    First_Name: worker.givenName,
    Last_Name: worker.familyName,
    Work_Email: worker.email,
    Supervisory_Organization: worker.department,
    Business_Title: worker.title,
    Cost_Center_group: [{ Cost_Center_ID: worker.costCenter }],
    Manager_ID: worker.manager,
    Worker_Status: statusWords[worker.status],
    Hire_Date: zoned(worker.startDate),
    Termination_Date: worker.endDate === undefined ? undefined : zoned(worker.endDate),
    Date_of_Birth: zoned(worker.birthDate),
    Annual_Salary: String(worker.salary),
    Home_Address: worker.homeAddress,
  };
  return Object.fromEntries(Object.entries(entry).filter(([, value]) => value !== undefined && value !== ""));
}

/** Dates carry the zone of Workday's own clock. */
function zoned(date: string): string {
  return `${date}-07:00`;
}

function token(call: HrCall, world: HrWorld, tokens: HrTokens): HrAnswer {
  const form = new URLSearchParams(call.body);
  const isKnown = basicOf(call)?.password === world.secret && form.get("refresh_token") === world.secret;
  if (!isKnown || form.get("grant_type") !== "refresh_token") return { status: 400, json: { error: "invalid_grant" } };
  return { status: 200, json: { access_token: tokens.make(world), token_type: "Bearer", refresh_token: world.secret } };
}
