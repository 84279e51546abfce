// The facts that a decision rested on, as they were kept, as far as they can be understood: an older version may have
// written them, and a page that cannot show a fact still shows the request.
import { z } from "zod";
import { type MissingFacts, missingFacts } from "../../core/requester.ts";
import type { ShownRequest } from "../../ui/shown-request.ts";

const text = z.string();
const texts = z.array(text);

const factsSchema = z.object({
  requester: z
    .object({ worker: text, user: text, groups: texts, person: z.record(text, text), today: text })
    .optional(),
  product: z.object({
    id: text,
    displayName: text,
    published: z.boolean(),
    approvalRequired: z.boolean(),
    groups: texts,
    owners: texts,
  }),
  request: z.object({ subscription: text, name: text, date: text }),
  subscriptions: z.array(z.object({ product: text, state: text })),
});

const stepsSchema = z.object({
  decision: z.object({
    steps: z.array(
      z.object({
        rule: text,
        answer: z.enum(["approve", "reject", "ask"]),
        result: z.enum(["yes", "no", "failed"]),
        reason: text.optional(),
      }),
    ),
  }),
});

const aboutSchema = z.object({ missing: text.optional(), factsReadAt: z.number().optional() });

function isMissing(code: string | undefined): code is MissingFacts {
  return code !== undefined && Object.hasOwn(missingFacts, code);
}

/** What stands in `facts` of a salted record, from `decide-request`. */
export function readFacts(stored: unknown): Omit<ShownRequest, "record" | "manager"> {
  const facts = factsSchema.safeParse(stored).data;
  const steps = stepsSchema.safeParse(stored).data?.decision.steps;
  const { missing, factsReadAt } = aboutSchema.safeParse(stored).data ?? {};
  return {
    ...(facts !== undefined && { facts: { ...facts, requester: facts.requester } }),
    ...(steps !== undefined && {
      steps: steps.map(({ reason, ...step }) => (reason === undefined ? step : { ...step, reason })),
    }),
    ...(isMissing(missing) && { missing: missingFacts[missing] }),
    ...(factsReadAt !== undefined && { factsReadAt }),
  };
}
