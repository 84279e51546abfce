// Reads everything that the audit holds about one subscription, with the facts that are still kept.
import { type AuditRecord, readAuditLine } from "../core/audit-chain.ts";
import { type StoryFacts, storyFacts } from "../core/audit-story.ts";
import { foldId } from "../core/fold.ts";
import type { Audit, RequestStore } from "../request-ports.ts";

export type StoryPart = { readonly record: AuditRecord; readonly facts: StoryFacts };

type World = { readonly audit: Audit; readonly requests: Pick<RequestStore, "getFacts"> };

async function factsOf(record: AuditRecord, { requests }: World, signal: AbortSignal): Promise<StoryFacts> {
  return storyFacts(record, record.facts && (await requests.getFacts(record.facts.blob, signal)));
}

/** Whether the record is about the subscription, however both spell it. A line that somebody wrote into the audit may hold
 * anything. */
function isAbout(record: AuditRecord, subscription: string): boolean {
  return typeof record.subscription === "string" && foldId(record.subscription) === foldId(subscription);
}

/** In the order in which it was recorded. @throws STORE_UNAVAILABLE, ABORTED */
export async function* auditStory(
  about: { readonly target: string; readonly subscription: string; readonly since?: string },
  world: World,
  signal: AbortSignal,
): AsyncGenerator<StoryPart> {
  const { target, subscription, since = "" } = about;
  const told = new Set<string>();
  for (const day of (await world.audit.days(target, signal)).filter((each) => each >= since)) {
    for (const line of await world.audit.read(target, day, signal)) {
      const record = readAuditLine(line);
      if (record === undefined || !isAbout(record, subscription)) continue;
      const isAgain = record.id !== undefined && told.has(record.id);
      if (record.id !== undefined) told.add(record.id);
      yield { record, facts: isAgain ? { status: "again" } : await factsOf(record, world, signal) };
    }
  }
}
