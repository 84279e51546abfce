// How a run read its sources: whether that was all, and why not.
import { printable } from "../shared/core/printable.ts";
import type { SourceSummary } from "../shared/core/run.ts";
import { counted } from "./words.ts";

const partWords = { worker: "read for one worker only", changes: "read for changes only" } as const;

/** Why a reader of the plan has to know it. */
const consequences = {
  complete: undefined,
  empty: "Nobody is in it: nobody is taken for gone because of that",
  incomplete: "Whoever may be in what was not read is not taken for gone",
} as const;

function reasonsOf({ completeness, partial, incompleteBecause }: SourceSummary): readonly string[] {
  const consequence = partial === undefined ? consequences[completeness] : undefined;
  return consequence === undefined ? incompleteBecause : [...incompleteBecause, consequence];
}

/** A line for each source, with one for each thing that kept it from being read as a whole. */
export function renderSources(sources: readonly SourceSummary[]): string[] {
  return sources.flatMap((summary) => {
    const { source, completeness, partial, people, problems } = summary;
    const read = partial === undefined ? completeness : partWords[partial];
    return [
      `  source ${printable(source)}: ${read}, ${counted(people, "person", "people")}, ${counted(problems, "problem")}`,
      ...reasonsOf(summary).map((reason) => `    ${printable(reason)}`),
    ];
  });
}
