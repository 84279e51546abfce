// `GET /api/runs` and `GET /api/runs/{id}`: the records, and for one run what failed.
import type { App } from "../app.ts";
import { lastOutcomes } from "../core/report.ts";
import { type Answer, failureAnswer } from "./answer.ts";
import { runView } from "./run-view.ts";

const listed = 50;
const shownFailures = 100;

/** The target's latest runs, or those of all targets. */
export async function runs(target: string | undefined, app: App, signal: AbortSignal): Promise<Answer> {
  try {
    const store = await app.store();
    const found = await store.listRuns({ ...(target === undefined ? {} : { target }), limit: listed }, signal);
    return { status: 200, jsonBody: { runs: found.map((run) => runView(run, app.clock.now())) } };
  } catch (error) {
    return failureAnswer(error);
  }
}

/** One run with its failures so far; 404 for an id that no run has. */
export async function run(id: string, app: App, signal: AbortSignal): Promise<Answer> {
  try {
    const store = await app.store();
    const found = await store.getRun(id, signal);
    if (found === undefined)
      return { status: 404, jsonBody: { error: { code: "UNKNOWN_RUN", message: `There is no run "${id}"` } } };
    const outcomes = lastOutcomes(await store.getOutcomes(id, signal));
    const failures = outcomes
      .filter(({ status, reason }) => status === "failed" || reason === "dependencyFailed")
      .slice(0, shownFailures);
    return { status: 200, jsonBody: { ...runView(found, app.clock.now()), failures } };
  } catch (error) {
    return failureAnswer(error);
  }
}
