// Every five minutes: asks for a run of each target that is due. Never at start-up.
import { app } from "@azure/functions";
import { currentApp } from "../shared/app.ts";
import { invocationLog } from "../shared/log/invocation-log.ts";

app.timer("sync-timer", {
  schedule: "0 */5 * * * *",
  runOnStartup: false,
  // The host would make up a missed tick at start-up; a target that is due is due at the next tick as well.
  useMonitor: false,
  async handler(_timer, context) {
    const rollcall = await currentApp();
    const { tick } = await import("../shared/flows/tick.ts");
    const signal = AbortSignal.timeout(120_000);
    const { keepDetailsDays } = rollcall.settings;
    await tick(
      await rollcall.timedTargets(signal),
      { keepDetailsDays },
      await rollcall.world(invocationLog(rollcall, context)),
      signal,
    );
  },
});
