// What the page before has to tell the one that it led to. Only its name travels in the address; the words are ours.
import { type Html, html } from "../../ui/html.ts";
import { notice, type Tone } from "../../ui/parts.ts";
import type { Visit } from "./visit.ts";

const notes = {
  approved: ["good", "You approved the request. Rollcall writes the answer to API Management now."],
  rejected: ["good", "You rejected the request. Rollcall writes the answer to API Management now."],
  closed: ["warn", "Somebody was faster: the request had been answered or withdrawn. Your answer changed nothing."],
  retried: ["good", "It is in the queue again, and looked at in a moment."],
  queued: ["good", "You accepted the plan. The run is in the queue: load this page again to see how far it is."],
  accepted: ["calm", "The plan had been accepted already."],
  twice: ["calm", "The form was sent twice. The first time counted."],
} as const satisfies Readonly<Record<string, readonly [tone: Tone, text: string]>>;

export function noteOf({ call }: Visit): Html | undefined {
  const name = call.query.get("note");
  const [, note] = Object.entries(notes).find(([each]) => each === name) ?? [];
  return note === undefined ? undefined : notice(note[0], html`<p>${note[1]}</p>`);
}
