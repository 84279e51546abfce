// Pages that only say something: sign in, not for you, not there, over, failed.
import { type Child, type Html, html } from "./html.ts";
import { notice, type Tone } from "./parts.ts";

export type Message = {
  readonly tone: Tone;
  readonly text: Child;
  /** What to do next. */
  readonly action?: { readonly text: string; readonly href: string };
};

export function messageBody({ tone, text, action }: Message): Html {
  return html`${notice(tone, html`<p>${text}</p>`)}${
    action !== undefined && html`<p><a class="button" href="${action.href}">${action.text}</a></p>`
  }`;
}
