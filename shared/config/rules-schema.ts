// The format of rollcall.yaml. The checks, the JSON Schema for editors and the types of the rules are made from it.
import { z } from "zod";
import { personTextFields } from "../core/person.ts";
import { approvalsSchema } from "./approvals-schema.ts";
import type { Expressions } from "./expressions.ts";
import { limitsSchema } from "./limits-schema.ts";
import {
  apimId,
  apiVersion,
  checkedText,
  emailDomain,
  groupId,
  ownerName,
  protectPattern,
  resourceId,
  secretName,
  shortName,
  timeZone,
  webAddress,
} from "./rules-fields.ts";
import { type SourceSchemas, sourceEntry } from "./source-schema.ts";

export type RulesDeps = { readonly expressions: Expressions; readonly sourceSchemas: SourceSchemas };

const identityProviders = ["Aad", "AadB2C", "Microsoft", "Google", "Facebook", "Twitter", "Basic"] as const;

const protect = z.array(protectPattern).max(1_000).default([]).meta({
  description:
    "User ids or addresses as API Management holds them, `*` for anything. Such accounts are never changed, and nothing is decided about their subscriptions.",
});

const limits = limitsSchema.default({}).meta({
  description:
    "How much one plan, with the last 24 hours, may do by itself. A named kind replaces its default entirely.",
});

const subscriptions = z.union(
  [
    z.enum(["keep", "suspend"]),
    z.strictObject({ transfer: z.union([z.literal("manager"), z.strictObject({ user: apimId })]) }),
  ],
  { error: "expected keep, suspend, { transfer: manager } or { transfer: { user: ID } }" },
);

const lifecycle = z.strictObject({
  provision: z.enum(["create", "existing"]).default("create").meta({
    description: "`create` makes accounts ahead; `existing` only manages those that people made by signing in.",
  }),
  adopt: z.enum(["email", "never"]).default("email").meta({
    description: "Whether an unmarked account with the worker's address is taken over. Shown in the plan.",
  }),
  adoptIdentities: z.array(z.enum(identityProviders)).min(1).default(["Aad", "AadB2C"]).meta({
    description: "An account is adopted only if all of its identities are of these providers.",
  }),
  prehireDays: z
    .int()
    .min(0)
    .max(365)
    .default(0)
    .meta({ description: "An account is wanted so many days before the start date." }),
  leaver: z
    .strictObject({
      subscriptions: subscriptions
        .default("suspend")
        .meta({ description: "What becomes of a leaver's subscriptions before the block." }),
      deleteAfterDays: z.int().min(1).max(3_650).optional().meta({
        description: "Blocked accounts are deleted after so many days, in a plan of their own. Absent: never.",
      }),
      warnDaysBefore: z.int().min(1).max(365).optional().meta({
        description:
          "So many days before a last day the manager and the product's owners are told which keys are concerned. Absent: nobody is.",
      }),
      regenerateAfterDays: z.int().min(0).max(365).optional().meta({
        description:
          "Both keys of a subscription that was handed over are made anew after so many days. Absent: only reported.",
      }),
    })
    .prefault({})
    .meta({ description: "What becomes of people who leave." }),
  removedGroups: z.enum(["keep", "delete"]).default("keep").meta({
    description: "What becomes of a group of ours that has left the rules.",
  }),
});

function personRule(expressions: Expressions, description: string) {
  return checkedText((text) => {
    const compiled = expressions.personRule(text);
    return compiled.ok ? undefined : compiled.reason;
  }).meta({ description });
}

function groupsSchema(expressions: Expressions) {
  return z
    .array(
      z.strictObject({
        id: groupId.meta({ description: "The group's id in API Management." }),
        displayName: z.string().trim().min(1).max(300).meta({ description: "The name that people see." }),
        members: personRule(expressions, "A CEL rule over `person` and `today`: who is in the group."),
        products: z.array(apimId).max(1_000).optional().meta({
          description: "Products that the group sees. Absent: links are left alone.",
        }),
      }),
    )
    .default([]);
}

const delegation = z.strictObject({
  portalUrl: webAddress.meta({
    description: "Address of the developer portal, such as https://contoso.developer.azure-api.net.",
  }),
  validationKeySecrets: z.array(secretName).min(1).max(2).meta({
    description: "Names of the secrets that hold the validation keys: the primary one, and the secondary one.",
  }),
});

function targetsSchema(expressions: Expressions) {
  const common = {
    name: shortName.meta({ description: "Names the service in reports, requests and state." }),
    everyMinutes: z.int().min(5).max(10_080).default(15).meta({ description: "How often the timer starts a run." }),
    sources: z
      .array(shortName)
      .min(1)
      .optional()
      .meta({ description: "Names of the sources that count. Absent: all." }),
    groups: groupsSchema(expressions).meta({ description: "Groups of this service, beside those of all." }),
    limits: limits.meta({ description: "Limits of this service; they go before those of all." }),
    protect: protect.meta({ description: "Protected here, beside what is protected everywhere." }),
    pageSize: z.int().min(1).max(1_000).optional().meta({ description: "Entities for each page that is read." }),
    maxConcurrency: z
      .int()
      .min(1)
      .max(50)
      .default(16)
      .meta({ description: "Requests under way at the same time, at most." }),
    delegation: delegation.optional().meta({ description: "The developer portal's delegation. Absent: none." }),
  };
  const direct = z.strictObject({
    ...common,
    door: z.literal("direct").meta({ description: "`direct`: the service's own management API, with a key." }),
    baseUrl: webAddress.meta({
      description: "Address of the direct door, such as https://contoso.management.azure-api.net.",
    }),
    resourceId: resourceId.optional().meta({ description: "Needed where Event Grid sends events of this service." }),
    apiVersion: apiVersion.default("2021-08-01").meta({ description: "Version of the API, by door." }),
    sas: z
      .strictObject({
        identifier: z
          .string()
          .min(1)
          .max(256)
          .default("integration")
          .meta({ description: "The id that the token is for." }),
        primaryKeySecret: secretName.meta({ description: "Name of the secret that holds the primary key." }),
        secondaryKeySecret: secretName.optional().meta({ description: "Used while the primary key is refused." }),
      })
      .meta({ description: "The key of the direct door." }),
  });
  const arm = z.strictObject({
    ...common,
    door: z.literal("arm").meta({ description: "`arm`: Azure Resource Manager, with the managed identity." }),
    resourceId: resourceId.meta({ description: "The service, for the door `arm`." }),
    endpoint: webAddress.prefault("https://management.azure.com").meta({ description: "Azure Resource Manager." }),
    apiVersion: apiVersion.default("2024-05-01").meta({ description: "Version of the API, by door." }),
  });
  return z.array(z.discriminatedUnion("door", [direct, arm])).min(1);
}

/** The whole file. Expressions are compiled when it is checked; sources are typed by their own schema. */
export function createRulesSchema({ expressions, sourceSchemas }: RulesDeps) {
  return z
    .strictObject({
      owner: ownerName.meta({
        description:
          "Names this installation in the marks on accounts. Changing it makes every account somebody else's.",
      }),
      targets: targetsSchema(expressions).meta({ description: "The API Management services." }),
      sources: z.array(sourceEntry(expressions, sourceSchemas)).min(1).meta({ description: "Where people come from." }),
      people: z.strictObject({
        defaultTimeZone: timeZone.meta({
          description: "For workers whose row names no zone. Start and end dates are days in it.",
        }),
        emailDomains: z.array(emailDomain).prefault([]).meta({
          description: "Domains that addresses from HR may have. Empty: any.",
        }),
        scope: personRule(expressions, "A CEL rule: who may have an account. Absent: everybody.").optional(),
        employments: z.enum(["conflict", "activeWins"]).default("conflict").meta({
          description: "Several rows for one worker: hold what gives, or take the active one.",
        }),
        tenantId: z.guid("expected a tenant's id (a GUID)").optional().meta({
          description:
            "Tenant of Microsoft Entra ID that people sign in with, whose object ids HR gives. The page lets in nobody of another one. Needed for delegation.",
        }),
        precedence: z
          .partialRecord(z.enum(["default", ...personTextFields]), z.array(shortName).min(1))
          .optional()
          .meta({
            description:
              "Merges sources that describe the same workers: names of sources by field, the first that has the field gives it. `default` names all of them; its first one that can hold a worker decides who is there. Absent: a worker in several sources is a conflict.",
          }),
        missingFamilyName: z.string().trim().min(1).max(100).default("-").meta({
          description: "API Management demands a last name; this stands in for a missing one.",
        }),
      }),
      groups: groupsSchema(expressions).meta({ description: "Groups that Rollcall keeps in every service." }),
      lifecycle: lifecycle.prefault({}).meta({ description: "How accounts come and go." }),
      protect,
      limits,
      approvals: approvalsSchema(expressions).optional().meta({
        description: "Answers requests for subscriptions. Absent: Rollcall leaves them alone.",
      }),
    })
    .meta({ title: "Rules of Rollcall" });
}
