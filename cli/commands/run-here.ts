// Runs the flows of the functions in this process: the same records, the same lease, the same window.
import { userInfo } from "node:os";
import { AppError } from "../../shared/core/errors.ts";
import type { RunRecord } from "../../shared/core/run.ts";
import { requestRun } from "../../shared/flows/request-run.ts";
import type { RunWorld } from "../../shared/flows/slice.ts";
import { type Context, exitCodes, type Terminal } from "../command.ts";
import type { ShownPlan } from "../render-plan.ts";
import { placeTexts } from "../words.ts";
import { chooseTarget } from "./open-target.ts";
import { runToEnd } from "./run-to-end.ts";

export type RunHere =
  | { readonly status: "ended"; readonly run: RunRecord; readonly shown: ShownPlan }
  /** Another run of the target is at work. */
  | { readonly status: "leaseHeld"; readonly target: string };

/** Who asks, for the record. */
export function whoAmI(): string {
  try {
    return `cli:${userInfo().username}`;
  } catch {
    return "cli";
  }
}

/** Asks for a run and works on it here until it ends. @throws whatever the run throws */
export async function runPlanned(mode: "plan" | "apply", context: Context): Promise<RunHere> {
  const { options, terminal, signal } = context;
  const app = await context.openApp();
  const target = await chooseTarget(app, options.target, signal);
  // The next slice is this process's own: nothing goes into the queue.
  const world: RunWorld = { ...(await app.world(context.log(app))), queue: { send: () => Promise.resolve() } };
  const { purpose, worker, accept, now } = options;
  const request = {
    target,
    mode,
    purpose,
    ...(worker !== undefined && { worker }),
    ...(accept !== undefined && mode === "apply" && { accept }),
    ...(now !== undefined && { now }),
  };
  const asked = await requestRun(request, { trigger: "cli", by: whoAmI(), enqueue: "no" }, world, signal);
  if (asked.status === "unknownDigest") throw new AppError("CONFIG_INVALID", asked.text);
  const sliceMs = app.settings.sliceSeconds * 1000;
  const onProgress = (done: number, all: number): void => terminal.progress(done, all);
  const result = await runToEnd(asked.run, whoAmI(), world, { sliceMs, onProgress }, signal);
  if (result.status === "leaseHeld") return { status: "leaseHeld", target };
  const plan = await world.store.getPlan(asked.run.id, signal);
  if (plan === undefined)
    throw new AppError("STORE_UNAVAILABLE", `Cannot show the run "${asked.run.id}": its plan is missing`);
  const { run } = result;
  const { rules } = await app.rules(signal);
  const door = rules.targets.find(({ name }) => name === target)?.door;
  const { verdict = { status: "allowed" }, sources = [] } = run;
  const placeText = placeTexts(rules.sources);
  return { status: "ended", run, shown: { plan, verdict, sources, placeText, ...(door !== undefined && { door }) } };
}

/** Says that the lease is held. Gives the exit code. */
export function noteLeaseHeld(target: string, terminal: Terminal): number {
  terminal.note(`Another run of the target "${target}" is at work; try again when it has ended`);
  return exitCodes.leaseHeld;
}
