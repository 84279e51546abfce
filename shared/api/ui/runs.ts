// The pages of the sync's runs, and the form that accepts a blocked plan.
import { type ChangeKind, changeKinds } from "../../core/change.ts";
import { lastOutcomes } from "../../core/report.ts";
import type { RunRecord } from "../../core/run.ts";
import { requestRun } from "../../flows/request-run.ts";
import { html } from "../../ui/html.ts";
import { paths } from "../../ui/paths.ts";
import { changesOfKind, planChanges } from "../../ui/plan-diff.ts";
import { type Acceptable, runPage } from "../../ui/run-page.ts";
import { runTable } from "../../ui/run-table.ts";
import { kindWords } from "../../ui/words.ts";
import { checkedForm } from "./checked-form.ts";
import { noteOf } from "./note.ts";
import { targetFilter } from "./target-filter.ts";
import type { UiAnswer } from "./ui-world.ts";
import { notForYou, notThere, type SignedIn, seeOther } from "./visit.ts";

const listed = 50;
/** How many of a target's latest runs may have been the one that applies an accepted plan. */
const searched = 200;

/** The latest runs. */
export async function runsPage(visit: SignedIn): Promise<UiAnswer> {
  if (!visit.may.seeRuns) return notForYou(visit);
  const { world, signal, call } = visit;
  const target = call.query.get("target") || undefined;
  const runs = await world.runs.store.listRuns({ limit: listed, ...(target !== undefined && { target }) }, signal);
  const body = html`${await targetFilter(visit, paths.runs)}${runTable(runs, visit.now)}`;
  const lead = "Each run compares HR with API Management, plans, lets the guard look, and only then writes.";
  return visit.page({ title: "Runs", lead, body }, { section: "runs" });
}

function formName({ id, digest }: RunRecord): string {
  return JSON.stringify(["accept", id, digest]);
}

/** A plan that the guard stopped, and that no accepted run has taken yet. */
async function acceptableOf(run: RunRecord, visit: SignedIn): Promise<Acceptable | undefined> {
  const { digest, request, verdict, status } = run;
  const isStopped = verdict?.status === "blocked" && (status === "blocked" || status === "planned");
  if (!isStopped || digest === undefined || request.accept !== undefined) return undefined;
  const { target } = request;
  const runs = await visit.world.runs.store.listRuns({ target, limit: searched }, visit.signal);
  const taken = runs.find((other) => other.request.accept === digest && other.createdAt >= run.createdAt);
  if (taken !== undefined) {
    const by = taken.acceptedBy ?? taken.requestedBy;
    return { kind: "done", runId: taken.id, ...(by !== undefined && { by }) };
  }
  if (!visit.may.operate) return { kind: "notByYou" };
  const newer = runs.find((other) => other.createdAt > run.createdAt);
  return { kind: "form", token: visit.forms.issue(formName(run)), ...(newer !== undefined && { newer: newer.id }) };
}

function kindOf(text: string | null): ChangeKind | undefined {
  return changeKinds.find((kind) => kind === text);
}

/** One run with its plan; with `kind` in the query, all changes of that kind. */
export async function oneRunPage(id: string, visit: SignedIn): Promise<UiAnswer> {
  if (!visit.may.seeRuns) return notForYou(visit);
  const { world, signal, call, now } = visit;
  const { store } = world.runs;
  const run = await store.getRun(id, signal);
  if (run === undefined) return notThere(visit);
  const [plan, outcomes] = await Promise.all([store.getPlan(id, signal), store.getOutcomes(id, signal)]);
  const became =
    run.outcomes === undefined && outcomes.length === 0
      ? undefined
      : new Map(lastOutcomes(outcomes).map((outcome) => [outcome.id, outcome]));
  const kind = kindOf(call.query.get("kind"));
  if (kind !== undefined && plan !== undefined) {
    const page = Number.parseInt(call.query.get("page") ?? "1", 10) || 1;
    const body = html`<p><a href="${paths.run(id)}">Back to the run</a></p>${changesOfKind(id, kind, plan.changes, page, became)}`;
    return visit.page({ title: kindWords[kind][1], lead: `Run of ${run.request.target}`, body }, { section: "runs" });
  }
  const acceptable = await acceptableOf(run, visit);
  const shown = {
    run,
    ...(plan !== undefined && { plan, changes: planChanges(id, plan.changes, became) }),
    ...(acceptable !== undefined && { acceptable }),
  };
  const title = `Run of ${run.request.target}`;
  return visit.page({ title, body: html`${noteOf(visit)}${runPage(shown, now)}` }, { section: "runs" });
}

/** Takes the form that accepts: asks for the run that applies exactly this plan. */
export async function acceptPosted(id: string, visit: SignedIn): Promise<UiAnswer> {
  if (!visit.may.operate) return notForYou(visit);
  const { world, signal, principal, message } = visit;
  const run = await world.runs.store.getRun(id, signal);
  if (run?.digest === undefined) return notThere(visit);
  const posted = await checkedForm(formName(run), paths.run(id, { note: "twice" }), visit);
  if (!posted.ok) return posted.answer;
  if (posted.fields.get("read") !== "yes")
    return message(400, "Not accepted", {
      tone: "warn",
      text: "Read the changes first, and say so with the box beside the button. Nothing was changed.",
      action: { text: "Back to the run", href: paths.run(id) },
    });
  if ((await acceptableOf(run, visit))?.kind !== "form") return seeOther(paths.run(id, { note: "accepted" }));
  const { target, purpose } = run.request;
  const asked = await requestRun(
    { target, purpose, mode: "apply", accept: run.digest },
    { trigger: "http", by: principal.name },
    world.runs,
    signal,
  );
  if (asked.status === "queued") return seeOther(paths.run(asked.run.id, { note: "queued" }));
  return message(404, "Not accepted", { tone: "warn", text: `${asked.text}. Nothing was changed.` });
}
