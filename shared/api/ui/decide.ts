// The link in a question: opening it shows the request and changes nothing; the decision is a form that is sent. It opens
// for the one person who was asked with it. To anybody else it says that, and nothing about the request.
import type { RequestRecord } from "../../core/request.ts";
import { answerByPerson, openQuestion, type Refusal } from "../../flows/answer-request.ts";
import { html } from "../../ui/html.ts";
import { paths } from "../../ui/paths.ts";
import { closedRequest, linkedRequest } from "../../ui/request-pages.ts";
import { requestTitle } from "../../ui/shown-request.ts";
import { type DecisionLink, verifyLink } from "../../webhook/decision-link.ts";
import { checkedForm } from "./checked-form.ts";
import { noteOf } from "./note.ts";
import { readAnswer } from "./requests.ts";
import { showRequest } from "./shown-requests.ts";
import type { UiAnswer } from "./ui-world.ts";
import { notThere, type SignedIn, seeOther } from "./visit.ts";

function formName({ target, subscription, nonce }: DecisionLink, { round }: RequestRecord): string {
  return JSON.stringify(["decide", target, subscription, nonce, round]);
}

type Opened = { readonly link: DecisionLink } | { readonly answer: UiAnswer };

async function openLink(token: string, { world, signal, now, message }: SignedIn): Promise<Opened> {
  const secrets = await world.linkSecrets(signal);
  const check = verifyLink(token, secrets, now);
  if (check.ok) return { link: check.link };
  // Whether a link is ours tells nothing about the request, so one that is only too old is told so.
  const text = verifyLink(token, secrets, 0).ok
    ? "The time to answer with this link is over. If the question is still open, a newer mail has a newer link."
    : "This is not a link of Rollcall, or it was cut on its way. Try to copy the whole address from the mail.";
  const title = "This link leads nowhere any more";
  return { answer: message(410, title, { tone: "calm", text, action: { text: "Open requests", href: paths.open() } }) };
}

async function refusal({ reason, request, text }: Refusal, visit: SignedIn): Promise<UiAnswer> {
  const { world, signal, now, message } = visit;
  if (reason === "closed" && request !== undefined) {
    const view = await showRequest(request, world.approvals, signal);
    const body = html`${noteOf(visit)}${closedRequest(view, now)}`;
    return visit.page({ title: requestTitle(view), body, narrow: true });
  }
  if (reason === "ownRequest")
    return message(403, "Your own request", { tone: "warn", text: `${text}. Nothing was changed.` });
  if (reason === "hasLeft")
    return message(403, "Not any more", { tone: "warn", text: `${text}. Nothing was changed.` });
  return message(403, "Not your question", {
    tone: "warn",
    text: "This link was made for somebody else, or the question is no longer asked. Nothing was changed. If the question was put to you, sign in with the account that the mail went to.",
  });
}

function inputOf({ target, subscription, nonce }: DecisionLink, { principal }: SignedIn) {
  return { target, subscription, nonce, principal };
}

/** Opens a link. @throws STORE_UNAVAILABLE, APIM_*, SECRET_UNAVAILABLE */
export async function decidePage(token: string, visit: SignedIn): Promise<UiAnswer> {
  const { world, signal, now, forms } = visit;
  const opened = await openLink(token, visit);
  if ("answer" in opened) return opened.answer;
  const { link } = opened;
  const question = await openQuestion(inputOf(link, visit), world.approvals, signal);
  if (question.status === "refused") return refusal(question, visit);
  const view = await showRequest(question.request, world.approvals, signal);
  const form = { action: paths.decide(token), token: forms.issue(formName(link, question.request)) };
  return visit.page({ title: requestTitle(view), body: html`${noteOf(visit)}${linkedRequest(view, form, now)}` });
}

/** Takes the decision. @throws STORE_UNAVAILABLE, APIM_*, SECRET_UNAVAILABLE */
export async function decidePosted(token: string, visit: SignedIn): Promise<UiAnswer> {
  const { world, signal } = visit;
  const opened = await openLink(token, visit);
  if ("answer" in opened) return opened.answer;
  const { link } = opened;
  const question = await openQuestion(inputOf(link, visit), world.approvals, signal);
  if (question.status === "refused") return refusal(question, visit);
  const posted = await checkedForm(formName(link, question.request), paths.decide(token, "twice"), visit);
  if (!posted.ok) return posted.answer;
  const answer = readAnswer(posted.fields);
  if (answer === undefined) return notThere(visit);
  const result = await answerByPerson({ ...inputOf(link, visit), ...answer }, world.approvals, signal);
  if (result.status === "refused") return refusal(result, visit);
  return seeOther(paths.decide(token, answer.answer === "approve" ? "approved" : "rejected"));
}
