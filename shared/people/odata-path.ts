// Paths into what an OData 2 service gives (`employmentNav.jobInfoNav.jobTitle`), and what to ask it for so that they
// lead somewhere. A navigation to many is an object with `results`; the paths leave that out.
import type { PathCompiler } from "./json-rows.ts";

/** Finds the value in an entity. Of several the one with `isPrimary` counts, else the only one. What is null, not
 * there, or cannot be told apart, is undefined: a property that may not be read looks like one that is empty. */
export const compileODataPath: PathCompiler = (path) => {
  const steps = path.split(".");
  return (entity) => {
    let value = entity;
    for (const step of steps) value = property(chosen(value), step);
    return chosen(value) ?? undefined;
  };
};

/** `$select` and `$expand` for these paths: nothing else comes. */
export function odataSelection(paths: readonly string[]): { readonly $select: string; readonly $expand: string } {
  const selected = [...new Set(paths.map(odataName))];
  const parents = [...new Set(selected.map((path) => path.split("/").slice(0, -1).join("/")))];
  const expanded = parents.filter((path) => path !== "" && !parents.some((other) => other.startsWith(`${path}/`)));
  return { $select: selected.join(","), $expand: expanded.join(",") };
}

/** The path as OData writes it. */
export function odataName(path: string): string {
  return path.replaceAll(".", "/");
}

/** A text in a condition: an apostrophe is written twice. */
export function odataText(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** The entities that a navigation to many leads to, or undefined for anything else. */
export function odataResults(value: unknown): readonly unknown[] | undefined {
  const results = property(value, "results");
  return Array.isArray(results) ? results : undefined;
}

function chosen(value: unknown): unknown {
  const results = odataResults(value);
  if (results === undefined) return value;
  return results.length === 1 ? results[0] : results.find((each) => property(each, "isPrimary") === true);
}

function property(value: unknown, name: string): unknown {
  if (typeof value !== "object" || value === null || !Object.hasOwn(value, name)) return undefined;
  return Reflect.get(value, name);
}
