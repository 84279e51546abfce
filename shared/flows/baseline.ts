// The baseline: what was active in products with approval before Rollcall began to look. It is nobody's to judge now.

/** Name of the note that the baseline was taken. It does not begin with an instant, so it is not deleted with old facts. */
export function baselineName(target: string): string {
  return `baseline-${target}`;
}
