// `rollcall plan`: what a run would do, and why. Writes nothing to the service; the plan is stored, so that its digest
// can be accepted.
import { capacity, countChanges } from "../../shared/core/report.ts";
import { type Command, exitCodes } from "../command.ts";
import { renderPlan } from "../render-plan.ts";
import { noteLeaseHeld, runPlanned } from "./run-here.ts";

export const plan: Command = async (context) => {
  const { terminal, options } = context;
  const result = await runPlanned("plan", context);
  if (result.status === "leaseHeld") return noteLeaseHeld(result.target, terminal);
  const { shown, run } = result;
  const { plan: made, verdict } = shown;
  if (options.json) {
    const { digest, changes, findings, problems } = made;
    const reasons = verdict.status === "blocked" ? verdict.breaches : [];
    const skipped = [...findings, ...problems];
    const counts = countChanges(changes);
    terminal.print(
      JSON.stringify(
        {
          runId: run.id,
          target: made.target,
          digest,
          verdict: verdict.status,
          reasons,
          counts,
          changes,
          skipped,
          capacity: capacity(made),
          sources: run.sources,
        },
        undefined,
        2,
      ),
    );
  } else {
    for (const line of renderPlan(shown)) terminal.print(line);
  }
  return verdict.status === "blocked" ? exitCodes.blocked : exitCodes.done;
};
