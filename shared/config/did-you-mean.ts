// The nearest known word to a misspelt one, for messages about keys, settings and fields.

type Row = readonly number[];

/** One row of the table of distances, from the two rows above it. */
function nextRow(a: string, b: string, row: number, above: Row, twoAbove: Row): Row {
  const current = [row];
  for (let column = 1; column <= b.length; column++) {
    const same = a[row - 1] === b[column - 1];
    const swapped = a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1];
    const replaced = (above[column - 1] ?? 0) + (same ? 0 : 1);
    const removed = (above[column] ?? 0) + 1;
    const added = (current[column - 1] ?? 0) + 1;
    const exchanged = swapped ? (twoAbove[column - 2] ?? row + column) + 1 : replaced;
    current.push(Math.min(replaced, removed, added, exchanged));
  }
  return current;
}

/** Letters replaced, removed, added, and neighbours exchanged: the optimal string alignment distance. */
function editDistance(a: string, b: string): number {
  let twoAbove: Row = [];
  let above: Row = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row++) [twoAbove, above] = [above, nextRow(a, b, row, above, twoAbove)];
  return above[b.length] ?? 0;
}

/** The known word that is nearest, when at most two fifths of its letters differ; case does not count. */
export function didYouMean(word: string, known: readonly string[]): string | undefined {
  if (word.length > 100) return undefined;
  const allowed = Math.max(1, Math.floor(word.length * 0.4));
  let best: { readonly word: string; readonly distance: number } | undefined;
  for (const candidate of known) {
    const distance = editDistance(word.toLowerCase(), candidate.toLowerCase());
    if (distance <= allowed && distance < (best?.distance ?? Number.POSITIVE_INFINITY))
      best = { word: candidate, distance };
  }
  return best?.word;
}

/** `; did you mean "x"?`, or nothing. Each word is shown with the prefix. */
export function suggestion(word: string, known: readonly string[], prefix = ""): string {
  const near = didYouMean(word, known);
  return near === undefined ? "" : `; did you mean "${prefix}${near}"?`;
}
