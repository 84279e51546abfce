// What the queue gave up: requests at which looking failed, and messages without a record. A retry takes them up again.
import { foldId } from "../../core/fold.ts";
import type { RequestRecord } from "../../core/request.ts";
import type { PoisonMessage } from "../../request-ports.ts";
import { failedRequests, poisonTable } from "../../ui/failed-page.ts";
import { html } from "../../ui/html.ts";
import { paths } from "../../ui/paths.ts";
import { checkedForm } from "./checked-form.ts";
import { noteOf } from "./note.ts";
import { showRequest } from "./shown-requests.ts";
import type { UiAnswer } from "./ui-world.ts";
import { notForYou, notThere, type SignedIn, seeOther } from "./visit.ts";

const shown = 100;

function recordForm({ target, subscription, updatedAt }: RequestRecord): string {
  return JSON.stringify(["retry", target, subscription, updatedAt]);
}

function messageForm(id: string): string {
  return JSON.stringify(["retryMessage", id]);
}

/** Failed requests and given-up messages. */
export async function failedPage(visit: SignedIn): Promise<UiAnswer> {
  if (!visit.may.seeRuns) return notForYou(visit);
  const { world, signal, now, forms, may } = visit;
  const [records, poison] = await Promise.all([
    world.approvals.requests.listRequests({ status: ["failed"], limit: shown }, signal),
    world.poison.listPoison(signal),
  ]);
  const tokenFor = (form: string) => (may.operate ? { token: forms.issue(form) } : {});
  const requests = await Promise.all(
    records.map(async (record) => ({
      view: await showRequest(record, world.approvals, signal),
      ...tokenFor(recordForm(record)),
    })),
  );
  const hasRecord = ({ message }: PoisonMessage): boolean =>
    records.some(
      ({ target, subscription }) => message?.target === target && foldId(message.subscription) === foldId(subscription),
    );
  const messages = poison.messages
    .filter((message) => !hasRecord(message))
    .map((message) => ({ message, ...tokenFor(messageForm(message.id)) }));
  const body = html`${noteOf(visit)}${failedRequests(requests, messages.length, now)}${poisonTable(messages, poison.count, now)}`;
  const lead = "What could not be looked at, though it was tried again and again. Mend the cause, then try again.";
  return visit.page({ title: "Failed", lead, body }, { section: "failed" });
}

/** Takes the form that retries a request. */
export async function retryPosted(target: string, subscription: string, visit: SignedIn): Promise<UiAnswer> {
  if (!visit.may.operate) return notForYou(visit);
  const { world, signal } = visit;
  const found = await world.approvals.requests.getRequest(target, subscription, signal);
  if (found === undefined) return notThere(visit);
  const posted = await checkedForm(recordForm(found.value), paths.failed("twice"), visit);
  if (!posted.ok) return posted.answer;
  await world.poison.takeUpPoison({ subscription }, signal);
  // Sent in any case: what was given up may have been a message for another service, or is no longer there.
  await world.approvals.queue.send({ target, subscription, via: "page" }, {}, signal);
  world.approvals.log.info("request.retried", { target, subscription });
  return seeOther(paths.failed("retried"));
}

/** Takes the form that retries a message. */
export async function retryMessagePosted(id: string, visit: SignedIn): Promise<UiAnswer> {
  if (!visit.may.operate) return notForYou(visit);
  const posted = await checkedForm(messageForm(id), paths.failed("twice"), visit);
  if (!posted.ok) return posted.answer;
  await visit.world.poison.takeUpPoison({ id }, visit.signal);
  visit.world.approvals.log.info("message.retried", { id });
  return seeOther(paths.failed("retried"));
}
