// What answering requests needs, opened with what the app has.
import { randomBytes } from "node:crypto";
import type { App } from "../app.ts";
import type { ApprovalWorld } from "../flows/approval-world.ts";
import type { Log } from "../ports.ts";

/** @throws STORE_UNAVAILABLE, CONFIG_INVALID */
export async function openApprovals(app: App, log: Log): Promise<ApprovalWorld> {
  const { requests, queue, roster, audit } = app.approvals;
  const [store, messages, people, records] = await Promise.all([requests(), queue(), roster(), audit(log)]);
  return {
    clock: app.clock,
    log,
    requests: store,
    queue: messages,
    roster: people,
    audit: records,
    notifier: await app.approvals.notifier(log),
    openTarget: (name, signal) => app.approvalTarget(name, log, signal),
    decisionUrl: (link, signal) => app.decisionUrl(link, signal),
    createNonce: () => randomBytes(18).toString("base64url"),
  };
}
