// People from a Workday report that is enabled as a web service (RaaS): one answer with all rows. What the columns are
// called, the author of the report decides; the usual ones are those of the recipe in docs/sources.md.
import { z } from "zod";
import { authenticationChoice } from "./authentication-settings.ts";
import { compilePath } from "./json-path.ts";
import { getPage, withParameters } from "./page-request.ts";
import { endpointKind, unusable } from "./source-kind.ts";
import { checkSourceUrl } from "./source-url.ts";

const promptName = z
  .string()
  .regex(/^(?!format$)[^&=?#]+$/, "Expected the name of a prompt, as the report's web service has it");

const refusals: Readonly<Record<number, string>> = {
  400: "answers 400, expected 200; a prompt that the report requires may be missing",
  403: "is refused: the user may not run the report, expected it shared with the user, whose security group may view the fields' domains",
  404: "answers 404, expected 200; the address needs the tenant, the user name of the report's owner and the report's name",
};

export const workdayKind = endpointKind({
  settings: {
    url: z
      .string()
      .min(1)
      .describe(
        "The report's address, such as https://wd2-impl-services1.workday.com/ccx/service/customreport2/contoso/owner/Rollcall_Workers",
      ),
    authentication: authenticationChoice.describe("basic for an integration system user, or refreshToken"),
    prompts: z
      .record(promptName, z.string())
      .default({})
      .describe("Values for the report's prompts, such as { Organization!Organization_Reference_ID: SUP-1 }"),
    workerPrompt: promptName.optional().describe("The prompt that takes one worker's number, where the report has one"),
    items: z.string().min(1).default("Report_Entry").describe("Path of the rows in the answer"),
  },
  columns: {
    employeeNumber: "Employee_ID",
    givenName: "First_Name",
    familyName: "Last_Name",
    email: "Work_Email",
    department: "Supervisory_Organization",
    title: "Business_Title",
    startDate: "Hire_Date",
    endDate: "Termination_Date",
  },
  status: {
    column: "Worker_Status",
    active: ["Active"],
    onLeave: ["On Leave"],
    ended: ["Terminated"],
  },
  endpoint({ url, authentication, prompts, workerPrompt, items }, { source }) {
    const checked = checkSourceUrl(url);
    if (!checked.ok) throw unusable(source, `its address cannot be used: ${checked.reason}`);
    const report = getPage(checked.url);
    const first = withParameters(report, { ...prompts, format: "json" }, "query");
    return {
      authentication,
      shape: { itemsOf: compilePath(items) },
      pages: () => ({ first }),
      refusal: (status) => refusals[status],
      ...(workerPrompt !== undefined && {
        worker: (employeeNumber: string) => ({
          first: withParameters(first, { [workerPrompt]: employeeNumber }, "query"),
        }),
      }),
    };
  },
});
