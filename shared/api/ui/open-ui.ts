// What the page needs, opened with what the app has.
import type { App } from "../../app.ts";
import type { Log } from "../../ports.ts";
import { openApprovals } from "../open-approvals.ts";
import type { UiWorld } from "./ui-world.ts";

/** @throws STORE_UNAVAILABLE, CONFIG_INVALID */
export async function openUi(app: App, log: Log): Promise<UiWorld> {
  const [approvals, runs, poison] = await Promise.all([openApprovals(app, log), app.world(log), app.requestQueue()]);
  return {
    approvals,
    runs,
    poison,
    settings: app.settings,
    linkSecrets: app.linkSecrets,
    tenantId: async (signal) => (await app.rules(signal)).rules.people.tenantId,
    targets: async (signal) => (await app.timedTargets(signal)).map(({ name }) => name),
  };
}
