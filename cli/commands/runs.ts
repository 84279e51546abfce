// `rollcall runs [ID]`: what ran, how far it is, what failed. `rollcall runs cancel ID` stands beside it.
import { runView } from "../../shared/api/run-view.ts";
import { AppError } from "../../shared/core/errors.ts";
import { printable } from "../../shared/core/printable.ts";
import { lastOutcomes } from "../../shared/core/report.ts";
import type { RunRecord } from "../../shared/core/run.ts";
import { type Command, type Context, exitCodes } from "../command.ts";
import { renderOutcome } from "../render-outcome.ts";
import { renderVerdict } from "../render-plan.ts";
import { renderSources } from "../render-sources.ts";
import { cancel } from "./cancel.ts";
import { chooseTarget } from "./open-target.ts";

function line(run: RunRecord): string {
  const { request, outcomes } = run;
  const done =
    outcomes === undefined
      ? ""
      : `; applied ${outcomes.applied}, skipped ${outcomes.skipped}, failed ${outcomes.failed}`;
  const error = run.error === undefined ? "" : `; ${run.error.code}`;
  return `${run.id}  ${new Date(run.createdAt).toISOString()}  ${printable(request.target)}  ${request.mode} by ${run.trigger}  ${run.status}${done}${error}`;
}

async function one(id: string, { openApp, options, terminal, signal }: Context): Promise<number> {
  const app = await openApp();
  const store = await app.store();
  const run = await store.getRun(id, signal);
  if (run === undefined)
    throw new AppError(
      "CONFIG_INVALID",
      `Cannot show the run "${id}": there is none, expected an id that "rollcall runs" lists`,
    );
  const view = runView(run, app.clock.now());
  const open = lastOutcomes(await store.getOutcomes(id, signal)).filter(({ status }) => status !== "applied");
  if (options.json) {
    terminal.print(JSON.stringify({ ...view, notApplied: open }, undefined, 2));
    return exitCodes.done;
  }
  terminal.print(line(run));
  if (view.progress !== undefined) {
    const { done, left, perSecond, estimatedEnd } = view.progress;
    terminal.print(
      `  done ${done}, left ${left}${perSecond === undefined ? "" : `, ${perSecond} a second`}${estimatedEnd === undefined ? "" : `, ends about ${estimatedEnd}`}`,
    );
  }
  for (const sourceLine of renderSources(run.sources ?? [])) terminal.print(sourceLine);
  for (const verdictLine of run.verdict === undefined ? [] : renderVerdict(run.verdict))
    terminal.print(`  ${verdictLine}`);
  if (run.error !== undefined) terminal.print(`  ${run.error.code}: ${printable(run.error.message)}`);
  for (const outcome of open) terminal.print(renderOutcome(outcome));
  return exitCodes.done;
}

export const runs: Command = async (context) => {
  const [id] = context.options.operands;
  if (id === "cancel") return cancel(context);
  if (id !== undefined) return one(id, context);
  const { openApp, options, terminal, signal } = context;
  const { target, limit } = options;
  const app = await openApp();
  const found = await (await app.store()).listRuns({ ...(target !== undefined && { target }), limit }, signal);
  // A target that the rules have no more may have had runs.
  if (found.length === 0 && target !== undefined) await chooseTarget(app, target, signal);
  if (options.json)
    terminal.print(JSON.stringify({ runs: found.map((run) => runView(run, app.clock.now())) }, undefined, 2));
  else for (const run of found) terminal.print(line(run));
  if (!options.json && found.length === 0) terminal.print("No runs yet");
  return exitCodes.done;
};
