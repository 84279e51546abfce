// Scripted faults of a simulated HR system: rules over its pages, tried in order; the first that fires decides.
import { z } from "zod";

const ruleSchema = z.strictObject({
  /** Lets so many pages pass first. */
  after: z.int().min(0).default(0),
  /** Fires so many times; without it, always. */
  times: z.int().min(1).optional(),
  fault: z.union([
    // A page that ends in its middle, a connection that breaks, a page of the list before somebody was added, a next
    // link or cursor that leads to its own page, a page without its first row, an error inside a 200, a cursor that
    // has expired. `slide` is no fault of the system: before the page the first worker goes and another one is added at
    // the end, so that all others move up by one and the total stays.
    z.enum(["truncate", "close", "shift", "repeat-next", "lose-row", "error-inside", "expired", "slide"]),
    /** A property that is in no row any more. */
    z.strictObject({ vanish: z.string() }),
    /** Any other answer. `retryAfter` as seconds, or as a date so many seconds from now. */
    z.strictObject({
      status: z.int().min(200).max(599),
      retryAfter: z.union([z.int().min(0), z.strictObject({ dateIn: z.int().min(0) })]).optional(),
      json: z.unknown().optional(),
    }),
  ]),
});

const rulesSchema = z.array(ruleSchema);

export type HrFaultRule = z.input<typeof ruleSchema>;
export type HrFault = z.output<typeof ruleSchema>["fault"];

export type HrFaults = {
  /** Appends rules. @throws a ZodError that names the field when one is malformed */
  add(rules: unknown): void;
  clear(): void;
  /** The fault of the next page, if a rule fires. */
  take(): HrFault | undefined;
};

export function createHrFaults(): HrFaults {
  let rules: readonly { readonly rule: z.output<typeof ruleSchema>; readonly seen: { count: number } }[] = [];
  return {
    add(given) {
      rules = [...rules, ...rulesSchema.parse(given).map((rule) => ({ rule, seen: { count: 0 } }))];
    },
    clear() {
      rules = [];
    },
    take() {
      let fault: HrFault | undefined;
      for (const { rule, seen } of rules) {
        seen.count += 1;
        const turn = seen.count - rule.after;
        const fires = turn >= 1 && turn <= (rule.times ?? Number.POSITIVE_INFINITY);
        if (fires) fault ??= rule.fault;
      }
      return fault;
    },
  };
}
