// Every five minutes: finds requests that events lost, and what time brings about them. Never at start-up.
import { app } from "@azure/functions";
import { currentApp } from "../shared/app.ts";
import { invocationLog } from "../shared/log/invocation-log.ts";

app.timer("requests-sweep", {
  // Not at the same moment as the timer of the sync.
  schedule: "30 2-59/5 * * * *",
  runOnStartup: false,
  useMonitor: false,
  async handler(_timer, context) {
    const rollcall = await currentApp();
    const [{ tendRequests }, { openApprovals }] = await Promise.all([
      import("../shared/flows/tend-requests.ts"),
      import("../shared/api/open-approvals.ts"),
    ]);
    const createSignal = () => AbortSignal.timeout(240_000);
    const names = (await rollcall.timedTargets(createSignal())).map(({ name }) => name);
    const world = await openApprovals(rollcall, invocationLog(rollcall, context));
    await tendRequests(names, rollcall.settings, world, createSignal);
  },
});
