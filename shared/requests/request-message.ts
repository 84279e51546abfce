// The text of a message of the request queue. On the poison queue anything can stand that somebody sent there by hand.
import type { RequestMessage } from "../request-ports.ts";

const shownCharacters = 300;

/** The message that a text is, if it is one, and the beginning of the text. */
export function readRequestMessage(text: string): { readonly message?: RequestMessage; readonly text: string } {
  const message = parse(text);
  return { ...(message !== undefined && { message }), text: text.slice(0, shownCharacters) };
}

function parse(text: string): RequestMessage | undefined {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== "object" || value === null) return undefined;
    const [target, subscription, via] = ["target", "subscription", "via"].map((name) => Reflect.get(value, name));
    const isMessage = typeof target === "string" && typeof subscription === "string" && typeof via === "string";
    return isMessage ? { target, subscription, via } : undefined;
  } catch {
    return undefined;
  }
}
