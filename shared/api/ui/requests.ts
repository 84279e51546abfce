// The pages of requests: open, over, one; and the form that answers.
import type { RequestRecord, RequestStatus } from "../../core/request.ts";
import { answerByPerson } from "../../flows/answer-request.ts";
import { type Html, html } from "../../ui/html.ts";
import { paths } from "../../ui/paths.ts";
import { type Answerable, historyTable, openRequests, requestPage } from "../../ui/request-pages.ts";
import { requestTitle } from "../../ui/shown-request.ts";
import { checkedForm } from "./checked-form.ts";
import { noteOf } from "./note.ts";
import { createStandings, type Standing, showRequest } from "./shown-requests.ts";
import { targetFilter } from "./target-filter.ts";
import type { UiAnswer } from "./ui-world.ts";
import { notForYou, notThere, type SignedIn, seeOther } from "./visit.ts";

/** More open requests than anybody can answer: those that wait longest are among them in any case. */
const read = 10_000;
const shown = 100;
const openStatuses: readonly RequestStatus[] = ["new", "asked", "decided"];
const overStatuses: readonly RequestStatus[] = ["answered", "closed"];

/** What the form of a request does. A form of an earlier round does nothing to a later one. */
function formName({ target, subscription, round }: RequestRecord): string {
  return JSON.stringify(["answer", target, subscription, round]);
}

async function withForm(record: RequestRecord, { may }: Standing, visit: SignedIn): Promise<Answerable> {
  const view = await showRequest(record, visit.world.approvals, visit.signal);
  return may.ok ? { view, token: visit.forms.issue(formName(record)) } : { view };
}

type Listing = { readonly status: readonly RequestStatus[]; readonly limit: number; readonly first?: "oldest" };

async function listed(wanted: Listing, { world, signal, call }: SignedIn) {
  const target = call.query.get("target") || undefined;
  const options = { ...wanted, ...(target !== undefined && { target }) };
  return world.approvals.requests.listRequests(options, signal);
}

/** Requests that are open: all of them, or those that the reader was asked about. The ones that wait longest come first. */
export async function openPage(visit: SignedIn): Promise<UiAnswer> {
  const { may, now, principal, signal, world } = visit;
  const records = await listed({ status: openStatuses, limit: read, first: "oldest" }, visit);
  const standings = createStandings(principal, world.approvals, signal);
  const asked = may.seeRequests ? [] : await Promise.all(records.map((record) => standings.asked(record)));
  const own = records.filter((_, index) => may.seeRequests || asked[index] !== undefined);
  const requests = await Promise.all(
    own.slice(0, shown).map(async (record) => withForm(record, await standings.of(record), visit)),
  );
  const lead = may.seeRequests
    ? "Requests for API products that no rule could answer. The ones that wait longest come first."
    : "Requests about which you were asked. The ones that wait longest come first.";
  const body = html`${await targetFilter(visit, paths.open)}${openRequests(requests, now)}${cutNote(own.length, records.length === read)}`;
  return visit.page({ title: "Open requests", lead, body }, { section: "open" });
}

/** @param more whether there are open requests that were not read */
function cutNote(count: number, more: boolean): Html | undefined {
  const all = more ? `more than ${count}` : count;
  return count > shown ? html`<p class="soft">${shown} of ${all} are shown.</p>` : undefined;
}

/** Requests that are over. */
export async function historyPage(visit: SignedIn): Promise<UiAnswer> {
  if (!visit.may.seeRequests) return notForYou(visit);
  const records = await listed({ status: overStatuses, limit: shown }, visit);
  const views = await Promise.all(records.map((record) => showRequest(record, visit.world.approvals, visit.signal)));
  const body = html`${await targetFilter(visit, paths.history)}${historyTable(views, visit.now)}`;
  const lead = `Who or what decided, and how it ended. The latest ${shown} are listed.`;
  return visit.page({ title: "History", lead, body }, { section: "history" });
}

function hintFor({ may, asked }: Standing, visit: SignedIn): string | undefined {
  if (may.ok || may.reason === "closed") return undefined;
  if (may.reason === "hasLeft") return "HR says that you have left: only people who are at work answer requests.";
  if (may.reason === "ownRequest") return "This is your own request: nobody answers their own.";
  return visit.may.answer || asked !== undefined
    ? undefined
    : "To answer, you need the role approver, or to be one of the people who were asked.";
}

type Found = { readonly record: RequestRecord; readonly standing: Standing };

/** The request, for who may see it. To others it is as if it were not there. */
async function find(target: string, subscription: string, visit: SignedIn): Promise<Found | undefined> {
  const { world, signal, principal, may } = visit;
  const found = await world.approvals.requests.getRequest(target, subscription, signal);
  if (found === undefined) return undefined;
  const standing = await createStandings(principal, world.approvals, signal).of(found.value);
  return may.seeRequests || standing.asked !== undefined ? { record: found.value, standing } : undefined;
}

/** One request with its story. */
export async function onePage(target: string, subscription: string, visit: SignedIn): Promise<UiAnswer> {
  const found = await find(target, subscription, visit);
  if (found === undefined) return notThere(visit);
  const answerable = await withForm(found.record, found.standing, visit);
  const body = html`${noteOf(visit)}${requestPage(answerable, hintFor(found.standing, visit), visit.now)}`;
  return visit.page({ title: requestTitle(answerable.view), body }, { section: "open" });
}

/** Takes the form that answers. */
export async function answerPosted(target: string, subscription: string, visit: SignedIn): Promise<UiAnswer> {
  const found = await find(target, subscription, visit);
  if (found === undefined) return notThere(visit);
  const { record, standing } = found;
  const posted = await checkedForm(formName(record), paths.request(target, subscription, "twice"), visit);
  if (!posted.ok) return posted.answer;
  const answer = readAnswer(posted.fields);
  if (answer === undefined) return notThere(visit);
  const { principal, world, signal } = visit;
  const nonce = visit.may.answer ? undefined : standing.asked?.nonce;
  const result = await answerByPerson(
    { target, subscription, principal, ...answer, ...(nonce !== undefined && { nonce }) },
    world.approvals,
    signal,
  );
  if (result.status === "recorded") {
    const note = answer.answer === "approve" ? "approved" : "rejected";
    return seeOther(paths.request(target, subscription, note));
  }
  if (result.reason === "closed") return seeOther(paths.request(target, subscription, "closed"));
  return visit.message(403, "Not answered", { tone: "warn", text: `${result.text}. Nothing was changed.` });
}

/** The answer in a form: its button and its comment. */
export function readAnswer(fields: URLSearchParams) {
  const answer = fields.get("answer");
  if (answer !== "approve" && answer !== "reject") return undefined;
  return { answer, comment: fields.get("comment") ?? "" } as const;
}
