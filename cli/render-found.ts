// Problems and findings for somebody who looks for their cause: what is wrong with a source as a whole goes first, because
// it often explains the rest, and what is said of many is said of a few.
import { printable } from "../shared/core/printable.ts";
import type { PlaceText } from "../shared/core/report.ts";

export type Found = {
  readonly code: string;
  readonly worker?: string;
  readonly source?: string;
  readonly line?: number;
  readonly field?: string;
  readonly text: string;
};

const shownOfGroup = 3;

/** The lower, the more it explains. */
function rank({ code, worker }: Found): number {
  if (code === "columnMissing") return 0;
  return worker === undefined ? 1 : 2;
}

function lineOf({ code, worker, source, line, text }: Found, placeText: PlaceText): string {
  const whose = worker === undefined ? "" : ` (worker ${worker})`;
  const where = source === undefined ? "" : ` [${placeText(source, line)}]`;
  return `  ${printable(`${code}${whose}${where}: ${text}`)}`;
}

/** The first few of those that say the same, and how many more there are. `all` shows every one of them. */
export function renderFound(found: readonly Found[], placeText: PlaceText, all = "--json"): string[] {
  const groups = new Map<string, Found[]>();
  for (const one of found.toSorted((a, b) => rank(a) - rank(b))) {
    const key = JSON.stringify([one.code, one.source, one.field]);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [one]);
    else group.push(one);
  }
  return [...groups.values()].flatMap((group) => {
    const lines = group.slice(0, shownOfGroup).map((one) => lineOf(one, placeText));
    const more = group.length - lines.length;
    return more === 0 ? lines : [...lines, `  … and ${more} more of ${group[0]?.code} (${all} shows all)`];
  });
}
