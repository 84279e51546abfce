// The facts blob of a decision, as far as it can be understood: it may be of an older version, and a page that cannot show
// a fact still shows the request.
import { z } from "zod";
import type { DecisionFacts, RuleStep } from "../../core/decision.ts";

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

const stepSchema = z.object({
  rule: text,
  answer: z.enum(["approve", "reject", "ask"]),
  result: z.enum(["yes", "no", "failed"]),
  reason: text.optional(),
});

const storedSchema = z.object({
  facts: z.unknown(),
  decision: z
    .object({ steps: z.array(stepSchema) })
    .optional()
    .catch(undefined),
});

export type ReadFacts = { readonly facts?: DecisionFacts; readonly steps?: readonly RuleStep[] };

function factsOf(stored: unknown): DecisionFacts | undefined {
  const { data } = factsSchema.safeParse(stored);
  return data === undefined ? undefined : { ...data, requester: data.requester };
}

/** What `facts` of a stored decision holds; nothing of what cannot be understood. */
export function readFacts(stored: unknown): ReadFacts {
  const { data } = storedSchema.safeParse(stored);
  const facts = factsOf(data?.facts) ?? factsOf(stored);
  const steps = data?.decision?.steps.map(({ reason, ...step }) => (reason === undefined ? step : { ...step, reason }));
  return { ...(facts !== undefined && { facts }), ...(steps !== undefined && { steps }) };
}
