// The text of a message of the request queue. On the poison queue anything can stand that somebody sent there by hand.
import { foldId } from "../core/fold.ts";
import { readQueued } from "../core/request-batch.ts";
import type { PoisonMessage } from "../request-ports.ts";

const shownCharacters = 300;

type ReadMessage = Pick<PoisonMessage, "message" | "batch" | "text">;

/** The message or the batch that a text is, if it is one, and the beginning of the text. */
export function readRequestMessage(text: string): ReadMessage {
  return { ...parse(text), text: text.slice(0, shownCharacters) };
}

function parse(text: string): ReturnType<typeof readQueued> {
  try {
    return readQueued(JSON.parse(text));
  } catch {
    return undefined;
  }
}

/** Whether it is about the subscription, alone or among others. */
export function isAbout({ message, batch }: Omit<ReadMessage, "text">, subscription: string): boolean {
  const named = message === undefined ? (batch?.subscriptions ?? []) : [message.subscription];
  return named.some((each) => foldId(each) === foldId(subscription));
}
