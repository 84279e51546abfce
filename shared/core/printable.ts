// Text on its way to a terminal or a page. It may come from HR or from a profile, so it is an attacker's text: nothing in
// it may move the cursor, change colours or turn the reading direction.
const steering = /[\p{Cc}\u061C\u200E\u200F\u2028\u2029\u202A-\u202E\u2066-\u2069\uFEFF]/gu;

/** The text with everything that steers a terminal or a reader shown as a code. */
export function printable(text: string): string {
  return text.replace(steering, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`);
}
