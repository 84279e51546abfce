// What a page must be beyond having a list: ready-made checks for what single systems do. A check gives the second half
// of a sentence about the page when something is wrong with it, and never a value of a row.
import { compilePath } from "./json-path.ts";

export type PageCheck = (document: unknown) => string | undefined;

/** Something at the path is a fault: an error, a list of fields that were left out. */
export function mustBeAbsent(path: string, fault: string): PageCheck {
  const valueAt = compilePath(path);
  return (document) => {
    const value = valueAt(document);
    const nothing = value === undefined || value === null || (Array.isArray(value) && value.length === 0);
    return nothing ? undefined : fault;
  };
}

/** Anything else than that value at the path is a fault: `success: false` inside a 200. */
export function mustBe(path: string, expected: string | number | boolean, fault: string): PageCheck {
  const valueAt = compilePath(path);
  return (document) => (valueAt(document) === expected ? undefined : fault);
}
