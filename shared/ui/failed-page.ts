// What could not be looked at, with its error and a way to try again.
import type { PoisonMessage } from "../request-ports.ts";
import { type Html, html, outside } from "./html.ts";
import { emptyState, form, pill } from "./parts.ts";
import { paths } from "./paths.ts";
import { requestHeading, type ShownRequest } from "./shown-request.ts";
import { table } from "./table.ts";
import { time } from "./time.ts";

/** A failed request, with the token of its form where the reader may take it up again. */
export type FailedRequest = { readonly view: ShownRequest; readonly token?: string };

export type GivenUp = { readonly message: PoisonMessage; readonly token?: string };

function retryButton(action: string, token: string | undefined, about: string): Html | undefined {
  if (token === undefined) return undefined;
  const button = html`<div class="row"><button class="button">Try again<span class="hidden">: ${about}</span></button></div>`;
  return form(action, token, button);
}

function card({ view, token }: FailedRequest, now: number): Html {
  const { target, subscription, error, updatedAt } = view.record;
  return html`<article class="card"><div class="row apart">
<h2><a href="${paths.request(target, subscription)}">${requestHeading(view)}</a></h2>${pill("bad", error?.code ?? "Failed")}</div>
<p>${outside(error?.message ?? "There is no error in the record.")}</p>
<p class="soft small">Subscription <code>${subscription}</code> of <code>${target}</code>, given up ${time(error?.at ?? updatedAt, now)}. The runbook says what the code means and what to do.</p>
${retryButton(paths.retry(target, subscription), token, subscription)}</article>`;
}

/** Requests at which looking failed until the queue gave up. `besides` messages are listed below them. */
export function failedRequests(requests: readonly FailedRequest[], besides: number, now: number): Html {
  if (requests.length + besides === 0)
    return emptyState(
      "Nothing has failed",
      "When a request cannot be looked at again and again, it waits here with its error.",
    );
  return html`<div class="stack">${requests.map((request) => card(request, now))}</div>`;
}

function whatOf({ message, batch, text }: PoisonMessage): Html {
  if (message?.telling !== undefined)
    return html`A decision about the subscription <code>${message.subscription}</code> of <code>${message.target}</code> that the webhook did not take`;
  if (message !== undefined)
    return html`Subscription <code>${message.subscription}</code> of <code>${message.target}</code>`;
  if (batch === undefined)
    return html`<div>Not a message of Rollcall</div><div class="mono soft">${outside(text)}</div>`;
  const { target, subscriptions } = batch;
  return html`<details><summary>${subscriptions.length} subscriptions of <code>${target}</code></summary>
<div class="mono soft">${outside(subscriptions.join(", "))}</div></details>`;
}

/** Messages that the queue gave up and that no record tells of. A stranger's text is only shown. */
export function poisonTable(given: readonly GivenUp[], count: number, now: number): Html | undefined {
  if (given.length === 0) return undefined;
  return html`${table({
    caption: "Messages that the queue gave up",
    columns: [{ text: "Message" }, { text: "Given up" }, { text: "Try again" }],
    rows: given.map(({ message, token }) => [
      whatOf(message),
      time(message.givenUpAt, now),
      retryButton(paths.retryMessage(message.id), token, message.message?.subscription ?? message.id) ??
        html`<span class="soft">by an operator</span>`,
    ]),
  })}<p class="soft">About ${count} in all. A message that is not one of Rollcall’s is only taken off.</p>`;
}
