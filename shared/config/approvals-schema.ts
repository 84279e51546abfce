// What the rules say about requests for subscriptions: who gets in by rule, who is asked, how long access lasts.
import { z } from "zod";
import { personDateFields, personTextFields } from "../core/person.ts";
import { policyTestSchema } from "./approvals-tests-schema.ts";
import type { Expressions } from "./expressions.ts";
import { apimId, checkedText, shortName } from "./rules-fields.ts";

const address = /^[^\s@,;:<>"]{1,64}@[^\s@,;:<>"]+\.[^\s@,;:<>"]+$/;
const mailAddress = z.string().regex(address, "expected an address, such as api-owners@contoso.com").max(254);

const approver = checkedText((text) =>
  text === "manager" || text === "owners" || (address.test(text) && text.length <= 254)
    ? undefined
    : "expected manager, owners or an address",
);

const approvers = z.array(approver).max(20);
const days = z.int().min(1).max(365);

/** Names that records and comments use for decisions that no rule made. */
const takenNames: readonly string[] = ["default", "person", "final", "unapproved"];

const ruleName = checkedText((name) => {
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/.test(name))
    return "expected letters, digits, dots, hyphens and underscores, at most 64: the name goes into the subscription's comment";
  return takenNames.includes(name)
    ? `expected another name: ${takenNames.join(", ")} stand for decisions without a rule`
    : undefined;
});

const comment = checkedText((text) =>
  text.trim() !== "" && text.length <= 200 && !/[\p{Cc}\p{Cf}\u2028\u2029]/u.test(text)
    ? undefined
    : "expected one line of at most 200 characters",
);

export const ruleAnswers = ["approve", "reject", "ask"] as const;

function ruleSchema(expressions: Expressions) {
  const expression = checkedText((text) => {
    const compiled = expressions.requestRule(text);
    return compiled.ok ? undefined : compiled.reason;
  });
  const condition = z
    .union([expression, z.literal(true)], { error: "expected a CEL rule as text, or true" })
    .transform((value) => (value === true ? "true" : value))
    .optional();
  return z
    .strictObject({
      name: ruleName.meta({
        description: "Goes into the subscription's comment with the decision, and into the audit.",
      }),
      approve: condition.meta({ description: "A CEL rule: a yes approves. `true` always says yes." }),
      reject: condition.meta({ description: "A CEL rule: a yes rejects." }),
      ask: condition.meta({ description: "A CEL rule: a yes asks people." }),
      comment: comment.optional().meta({ description: "For the developer, beside the name. Never HR's facts." }),
    })
    .refine(
      (rule) => ruleAnswers.filter((answer) => rule[answer] !== undefined).length === 1,
      "expected exactly one of approve, reject and ask",
    );
}

const ask = z
  .strictObject({
    approvers: approvers.min(1).meta({
      description:
        "Who is asked, any of them answers: `manager` (of the requester, in HR), `owners` (of the product), addresses.",
    }),
    remindAfterDays: days.optional().meta({ description: "They are reminded after so many days. Absent: never." }),
    escalateAfterDays: days
      .optional()
      .meta({ description: "Others are asked as well after so many days. Absent: never." }),
    escalateTo: approvers.default([]).meta({ description: "The others." }),
    finalAfterDays: days.default(14).meta({ description: "The question ends after so many days." }),
    finalAnswer: z.enum(["approve", "reject"]).default("reject").meta({
      description: "What stands when nobody has answered by then.",
    }),
  })
  .superRefine((terms, context) => {
    const { remindAfterDays = 0, escalateAfterDays = 0, escalateTo, finalAfterDays } = terms;
    const find = (key: string, message: string) => context.addIssue({ code: "custom", path: [key], message });
    if (remindAfterDays >= finalAfterDays) find("remindAfterDays", "expected fewer days than finalAfterDays");
    if (escalateAfterDays >= finalAfterDays) find("escalateAfterDays", "expected fewer days than finalAfterDays");
    if (escalateAfterDays > 0 && escalateTo.length === 0) find("escalateAfterDays", "expected escalateTo beside it");
    if (escalateAfterDays === 0 && escalateTo.length > 0) find("escalateTo", "expected escalateAfterDays beside it");
  });

function termsOf(expressions: Expressions) {
  return {
    owners: z.array(mailAddress).max(20).default([]).meta({ description: "Addresses of the product's owners." }),
    rules: z.array(ruleSchema(expressions)).max(100).default([]).meta({
      description:
        "In their order, the first that says yes decides. One that fails, and none that says yes, ask people.",
    }),
    ask: ask.optional().meta({
      description:
        "How people are asked. Absent: as in `default`; without it the manager and the owners are, for 14 days.",
    }),
    accessForDays: z.int().min(1).max(3_650).optional().meta({
      description: "Access ends so many days after the approval. Absent: as in `default`; without it never.",
    }),
    warnDays: z.int().min(0).max(365).optional().meta({
      description:
        "The owner of the subscription is warned so many days before the end. Absent: as in `default`; without it 14.",
    }),
    notify: z.boolean().optional().meta({
      description:
        "Whether API Management mails the developer about the answer. Absent: as in `default`; without it yes.",
    }),
  };
}

/** `approvals` of a rules file. Expressions are compiled when it is checked. */
export function approvalsSchema(expressions: Expressions) {
  const terms = termsOf(expressions);
  return z.strictObject({
    maxFactsAgeHours: z.number().positive().max(8_760).default(48).meta({
      description: "HR's facts that are older count as missing, so people are asked.",
    }),
    products: z
      .array(
        z.strictObject({
          product: apimId.meta({ description: "The product's id in API Management." }),
          targets: z.array(shortName).min(1).optional().meta({
            description:
              "Names of the targets where these rules count for the product. Absent: every target that has no entry of its own for it.",
          }),
          ...terms,
        }),
      )
      .max(1_000)
      .default([])
      .meta({ description: "Products with rules of their own." }),
    default: z.strictObject(terms).prefault({}).meta({
      description:
        "For products that are not named. `ask`, `accessForDays`, `warnDays` and `notify` count for named ones too that do not have them.",
    }),
    review: z
      .strictObject({
        whenChanged: z
          .array(z.enum([...personTextFields, ...personDateFields]))
          .max(20)
          .default([])
          .meta({
            description: "Fields of a person whose change puts their approvals before the approvers again.",
          }),
        unapproved: z.enum(["report", "suspend", "ask"]).default("report").meta({
          description:
            "What becomes of active subscriptions of products with approval that nobody approved; also of those that somebody made active again after they were refused or had ended.",
        }),
      })
      .prefault({})
      .meta({ description: "When an approval is looked at again before its time is over." }),
    tests: z.array(policyTestSchema).max(1_000).default([]).meta({
      description: "Cases that `rollcall check` decides by these rules: what comes out must be what they expect.",
    }),
  });
}
