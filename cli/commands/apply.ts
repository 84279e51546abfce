// `rollcall apply`: plans afresh and writes if the guard allows it; with `--accept DIGEST` runs that stored plan once.
import { countOutcomes, lastOutcomes } from "../../shared/core/report.ts";
import { type Command, exitCodes } from "../command.ts";
import { renderOutcome } from "../render-outcome.ts";
import { renderPlan } from "../render-plan.ts";
import { noteLeaseHeld, runPlanned } from "./run-here.ts";

export const apply: Command = async (context) => {
  const { terminal, options, signal } = context;
  const result = await runPlanned("apply", context);
  if (result.status === "leaseHeld") return noteLeaseHeld(result.target, terminal);
  const { run, shown } = result;
  const { plan, verdict } = shown;
  const app = await context.openApp();
  const outcomes = lastOutcomes(await (await app.store()).getOutcomes(run.id, signal));
  const counts = countOutcomes(outcomes);
  const open = outcomes.filter(({ status }) => status !== "applied");
  if (options.json) {
    terminal.print(
      JSON.stringify(
        {
          runId: run.id,
          target: plan.target,
          digest: plan.digest,
          status: run.status,
          verdict,
          acceptedBy: run.acceptedBy,
          sources: run.sources,
          outcomes: counts,
          notApplied: open,
        },
        undefined,
        2,
      ),
    );
  } else {
    for (const line of renderPlan(shown)) terminal.print(line);
    terminal.print(
      `Run ${run.id}: ${run.status}; applied ${counts.applied}, skipped ${counts.skipped}, failed ${counts.failed}`,
    );
    for (const outcome of open) terminal.print(renderOutcome(outcome));
  }
  if (run.status === "blocked") return exitCodes.blocked;
  return counts.failed > 0 ? exitCodes.someFailed : exitCodes.done;
};
