// What answering requests needs, opened with what the app has.
import { randomBytes } from "node:crypto";
import type { App } from "../app.ts";
import type { ApprovalWorld } from "../flows/approval-world.ts";
import type { Log } from "../ports.ts";

/** The part of the app that it takes. */
export type ApprovalsApp = Pick<
  App,
  "clock" | "requests" | "requestQueue" | "roster" | "audit" | "notifier" | "approvalTarget" | "decisionUrl"
>;

/** @throws STORE_UNAVAILABLE, CONFIG_INVALID */
export async function openApprovals(app: ApprovalsApp, log: Log): Promise<ApprovalWorld> {
  const [requests, queue, roster, audit, notifier] = await Promise.all([
    app.requests(),
    app.requestQueue(),
    app.roster(),
    app.audit(log),
    app.notifier(log),
  ]);
  return {
    clock: app.clock,
    log,
    requests,
    queue,
    roster,
    audit,
    notifier,
    openTarget: (name, signal) => app.approvalTarget(name, log, signal),
    decisionUrl: (link, signal) => app.decisionUrl(link, signal),
    createNonce: () => randomBytes(18).toString("base64url"),
  };
}
