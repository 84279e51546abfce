// The form with which a person answers a request. One submit is one decision: the button says which.
import { type Html, html } from "./html.ts";
import { form } from "./parts.ts";

const maxComment = 300;

/** `id` tells the forms of one page apart. */
export function answerForm({
  action,
  token,
  id,
}: {
  readonly action: string;
  readonly token: string;
  readonly id: string;
}): Html {
  return form(
    action,
    token,
    html`<div class="field"><label for="comment-${id}">Comment for the developer</label>
<span class="soft small" id="hint-${id}">Optional. API Management keeps it with the subscription, where the developer can read it.</span>
<textarea id="comment-${id}" name="comment" maxlength="${maxComment}" aria-describedby="hint-${id}"></textarea></div>
<div class="row actions"><button class="button" name="answer" value="approve">Approve</button>
<button class="button refuse" name="answer" value="reject">Reject</button></div>`,
  );
}
