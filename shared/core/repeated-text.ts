// One text for all rows and users that say the same: a department's name is kept once, not for each of its thousand
// people. Pure but for what it remembers.

/** Distinct texts that are kept for one field. A field with more of them is one in which people differ. */
const maxKept = 1_000;

/** Gives for equal texts the same one, as long as there are few. */
export function createRepeatedText(): (text: string) => string {
  const kept = new Map<string, string>();
  return (text) => {
    const known = kept.get(text);
    if (known !== undefined) return known;
    if (kept.size < maxKept) kept.set(text, text);
    return text;
  };
}
