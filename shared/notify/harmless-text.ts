// Text on its way into a mail. Names of subscriptions and people are an attacker's text: nothing in it may break a
// header, turn the reading direction, hide itself, or become something to click on. Pure.

// Everything that steers: controls, directions, invisible marks. Joiners stay, Persian and Indic names need them.
const lineEnds = /[\r\n\u0085\u2028\u2029]+/g;
const steering =
  /[\p{Cc}\u00AD\u061C\u180E\u200B\u200E\u200F\u202A-\u202E\u2060-\u2064\u2066-\u206F\uFEFF\uFFF9-\uFFFB]|[\u{E0000}-\u{E007F}]/gu;
const loneSurrogate = /\p{Surrogate}/gu;

// A word that a mail program would make a link of: it has a scheme, or a dot between two characters.
const word = /\S+/gu;
const plainAddress = /^[<("']?[\w.+-]+@[\w.-]+[>)"',.;:]*$/;
const breaker = "\u2060";

/** One line without anything that steers. */
export function harmlessLine(text: string): string {
  return text.replace(lineEnds, " ").replace(steering, "\uFFFD").replace(loneSurrogate, "\uFFFD");
}

/** One line that no mail program takes for a link either: words that look like an address on the web are broken by an
 * invisible joiner. Mail addresses stay whole. */
export function unlinkedLine(text: string): string {
  return harmlessLine(text).replace(word, (found) =>
    plainAddress.test(found) ? found : found.replace(/[.:\u3002\uFF0E\uFF61](?=[^\s.:])/g, (mark) => mark + breaker),
  );
}

/** For the text and the attributes of HTML. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
