// Access that was granted: until when, and why it has to be looked at again.
import type { Person } from "./person.ts";
import { rulePersonFields } from "./policy.ts";
import type { Access, RequestRecord, ReviewReason } from "./request.ts";
import { isUnsent, type Sent } from "./webhook-copy.ts";

const dayMs = 86_400_000;

/** What the recorded answer grants. A review does not make access longer. */
export function accessOf({ access, answer, review, terms }: RequestRecord): Access | undefined {
  if (review === "changed" || review === "ownerLeft") return access;
  if (answer?.answer !== "approve" || terms === undefined) return undefined;
  const { days, warnDays } = terms;
  return { ...(days !== undefined && { until: answer.at + days * dayMs }), warnDays };
}

/** How far the warning about the end at `until` has come. An end that was moved gets a warning of its own. */
export function warningOf({ warnDays, warnedAt, warnCopy }: Access, until: number): Sent {
  const from = until - warnDays * dayMs;
  return {
    told: warnedAt !== undefined && warnedAt >= from,
    ...(warnCopy !== undefined && warnCopy.since >= from && { copy: warnCopy }),
  };
}

/** Whether the owner, or the webhook, has to be told now that access ends at `until`. */
export function warningIsDue(access: Access, until: number, now: number): boolean {
  return until - access.warnDays * dayMs <= now && isUnsent(warningOf(access, until), now);
}

function textField(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null && Object.hasOwn(value, name)
    ? Reflect.get(value, name)
    : undefined;
}

/** Why access is put before people again: its owner has left, or fields that the rules name are no longer as they were
 * in the facts of the decision. Nothing where HR says nothing, then or now.
 * @param then the stored facts, as they were read back */
export function reviewReason(
  then: unknown,
  now: { readonly person: Person; readonly standing: "present" | "leaver" } | undefined,
  fields: readonly string[],
): ReviewReason | undefined {
  if (now === undefined) return undefined;
  if (now.standing === "leaver") return textField(then, "missing") === "left" ? undefined : "ownerLeft";
  const before = textField(textField(then, "requester"), "person");
  if (before === undefined) return undefined;
  const named = rulePersonFields.filter((field) => fields.includes(field));
  return named.some((field) => (textField(before, field) ?? "") !== (now.person[field] ?? "")) ? "changed" : undefined;
}
