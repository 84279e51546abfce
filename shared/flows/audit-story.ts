// Reads everything that the audit holds about one subscription, with the facts that are still kept.
import { type AuditRecord, readAuditLine } from "../core/audit-chain.ts";
import { type StoryFacts, storyFacts } from "../core/audit-story.ts";
import type { Audit, RequestStore } from "../request-ports.ts";

export type StoryPart = { readonly record: AuditRecord; readonly facts: StoryFacts };

/** In the order in which it was recorded. @throws STORE_UNAVAILABLE, ABORTED */
export async function* auditStory(
  about: { readonly target: string; readonly subscription: string; readonly since?: string },
  { audit, requests }: { readonly audit: Audit; readonly requests: Pick<RequestStore, "getFacts"> },
  signal: AbortSignal,
): AsyncGenerator<StoryPart> {
  const { target, subscription, since = "" } = about;
  for (const day of (await audit.days(target, signal)).filter((each) => each >= since)) {
    for (const line of await audit.read(target, day, signal)) {
      const record = readAuditLine(line);
      if (record?.subscription !== subscription) continue;
      const kept = record.facts === undefined ? undefined : await requests.getFacts(record.facts.blob, signal);
      yield { record, facts: storyFacts(record, kept) };
    }
  }
}
