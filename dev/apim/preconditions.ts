// If-Match, and the rule for ids: what is checked before any write.
import type { Answer } from "./answer.ts";
import type { Call } from "./call.ts";
import type { IdRule } from "./dialect.ts";
import { invalidField, modified } from "./errors.ts";

/** The refusal that If-Match gives, if any. `current` is the ETag of what exists. PATCH documents the header as
 * required; PUT and DELETE without it are seen to work, so they are refused only in strict mode. */
export function checkIfMatch(call: Call, current: string): Answer | undefined {
  if (call.ifMatch === undefined) {
    const needed = call.method === "PATCH" || call.settings.strictIfMatch;
    return needed ? invalidField("If-Match", "The 'If-Match' header is required.") : undefined;
  }
  const tags = call.ifMatch.split(",").map((tag) => tag.trim());
  return tags.includes("*") || tags.includes(current) ? undefined : modified();
}

/** The refusal for an id that this version does not take, if any. */
export function checkId(id: string, rule: IdRule, target: string): Answer | undefined {
  if (id.length > rule.max) return invalidField(target, `Identifier must not be longer than ${rule.max} characters.`);
  if (rule.pattern !== undefined && !rule.pattern.test(id))
    return invalidField(target, "Identifier contains characters that are not allowed.");
  return undefined;
}

/** The first refusal of several checks. */
export function firstRefusal(...checks: readonly (Answer | undefined)[]): Answer | undefined {
  return checks.find((answer) => answer !== undefined);
}
