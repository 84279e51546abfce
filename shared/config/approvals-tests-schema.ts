// Cases for the rules about requests, as they stand in the rules file beside the rules.
import { z } from "zod";
import { rulePersonFields } from "../core/policy.ts";
import { apimId, shortName } from "./rules-fields.ts";

const text = z.string().max(1_000);
const date = z.string().regex(/^\d{4}-\d{2}-\d{2}$/, 'expected a date, "YYYY-MM-DD"');
const ids = z.array(z.string().min(1).max(256)).max(1_000);

const personFields = Object.fromEntries(
  rulePersonFields.map((field) => [field, text.optional().meta({ description: "As HR gives it." })] as const),
) as Record<(typeof rulePersonFields)[number], z.ZodOptional<z.ZodString>>;

const subscriptionStates = ["submitted", "active", "rejected", "suspended", "cancelled", "expired"] as const;

export const policyTestSchema = z.strictObject({
  name: z.string().trim().min(1).max(200).meta({ description: "Says what is tested." }),
  requester: z
    .strictObject({
      ...personFields,
      user: text.min(1).default("test-user").meta({ description: "The account's id." }),
      groups: ids.default([]).meta({ description: "Ids of the account's groups." }),
    })
    .optional()
    .meta({
      description:
        "Who asks. A field that is not here is one that HR does not give; an active employee 1 unless it says otherwise. Absent: an account of which HR says nothing.",
    }),
  target: shortName.optional().meta({
    description: "Name of the target where it is asked. Absent: one for which no product has an entry of its own.",
  }),
  product: apimId.meta({ description: "The product's id. Its owners are those of the rules." }),
  productFacts: z
    .strictObject({
      displayName: text.optional().meta({ description: "Absent: the id." }),
      published: z.boolean().default(true).meta({ description: "Whether it is published." }),
      approvalRequired: z.boolean().default(true).meta({ description: "Whether subscriptions need approval." }),
      groups: ids.default([]).meta({ description: "Ids of the groups that see it." }),
    })
    .prefault({})
    .meta({ description: "What API Management says about the product." }),
  request: z
    .strictObject({
      subscription: text.min(1).default("test-subscription").meta({ description: "The subscription's id." }),
      name: text.default("Test").meta({ description: "The developer's own name for it." }),
      date: date.optional().meta({ description: "The day of the request. Absent: `today`." }),
    })
    .prefault({})
    .meta({ description: "What the developer asked for." }),
  subscriptions: z
    .array(
      z.strictObject({
        product: apimId.meta({ description: "The product's id." }),
        state: z.enum(subscriptionStates).default("active").meta({ description: "Its state." }),
      }),
    )
    .max(1_000)
    .default([])
    .meta({ description: "What else the account is subscribed to." }),
  today: date.default("2026-01-01").meta({ description: "The date where the requester works." }),
  expect: z.enum(["approve", "reject", "ask"]).meta({ description: "The answer that must come out." }),
  rule: z.string().min(1).max(64).optional().meta({
    description: "The rule that must have decided; `default` where none did. Absent: any.",
  }),
});

export type PolicyTest = z.output<typeof policyTestSchema>;
