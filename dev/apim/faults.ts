// Scripted faults: rules that are tried in order for every request; the first that fires decides.
import { z } from "zod";
import type { Answer } from "./answer.ts";

const statusFault = z.strictObject({
  status: z.int().min(100).max(599),
  code: z.string().optional(),
  message: z.string().optional(),
  /** Replaces the error envelope: a text is sent as it is, anything else as JSON. */
  body: z.unknown().optional(),
  headers: z.record(z.string(), z.string()).optional(),
  contentType: z.string().optional(),
});

const ruleSchema = z.strictObject({
  match: z
    .strictObject({
      method: z.string().optional(),
      /** Part of the path and query, as sent. */
      path: z.string().optional(),
      /** The same, as a regular expression. */
      pattern: z.string().optional(),
      /** Kind of resource, without ids: `users`, `groups/users`. */
      kind: z.string().optional(),
      door: z.enum(["arm", "direct"]).optional(),
    })
    .default({}),
  /** Fires so many times; without it, always. */
  times: z.int().min(1).optional(),
  /** Lets so many matching requests pass first. */
  after: z.int().min(0).default(0),
  /** Does what was asked before the fault hides the answer: a write whose answer is lost. */
  apply: z.boolean().default(false),
  fault: z.union([z.enum(["hang", "close", "half-body", "html"]), statusFault]),
});

const rulesSchema = z.array(ruleSchema);

export type FaultRule = z.input<typeof ruleSchema>;
export type Fault = z.output<typeof ruleSchema>["fault"];
type FaultRequest = {
  readonly method: string;
  readonly url: string;
  readonly kind: string;
  readonly door: "arm" | "direct";
};

export type Faults = {
  /** Appends rules. @throws a ZodError that names the field when one is malformed */
  add(rules: unknown): void;
  clear(): void;
  /** The fault for this request, if a rule fires. */
  take(request: FaultRequest): { readonly fault: Fault; readonly apply: boolean } | undefined;
};

export function createFaults(): Faults {
  let rules: readonly { readonly rule: z.output<typeof ruleSchema>; readonly seen: { count: number } }[] = [];
  return {
    add(given) {
      rules = [...rules, ...rulesSchema.parse(given).map((rule) => ({ rule, seen: { count: 0 } }))];
    },
    clear() {
      rules = [];
    },
    take(request) {
      for (const { rule, seen } of rules) {
        if (!fits(rule.match, request)) continue;
        seen.count += 1;
        const turn = seen.count - rule.after;
        if (turn >= 1 && turn <= (rule.times ?? Number.POSITIVE_INFINITY))
          return { fault: rule.fault, apply: rule.apply };
      }
      return undefined;
    },
  };
}

/** The answer of a fault that has one. */
export function faultAnswer(fault: Exclude<Fault, "hang" | "close" | "half-body">): Answer {
  if (fault === "html") {
    const text =
      "<!DOCTYPE html><html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>";
    return { status: 502, headers: { "Content-Type": "text/html; charset=utf-8" }, text };
  }
  const { status, code = "InternalServerError", message = "An injected fault.", body } = fault;
  const headers = {
    ...fault.headers,
    ...(fault.contentType === undefined ? {} : { "Content-Type": fault.contentType }),
  };
  if (typeof body === "string") return { status, headers, text: body };
  return { status, headers, json: body ?? { error: { code, message, details: null } } };
}

function fits(match: z.output<typeof ruleSchema>["match"], request: FaultRequest): boolean {
  return (
    (match.method === undefined || match.method.toUpperCase() === request.method) &&
    (match.path === undefined || request.url.includes(match.path)) &&
    (match.pattern === undefined || new RegExp(match.pattern).test(request.url)) &&
    (match.kind === undefined || match.kind.toLowerCase() === request.kind) &&
    (match.door === undefined || match.door === request.door)
  );
}
