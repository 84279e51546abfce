// Notices a list that shifts under the reader: when a row is inserted before the reading point, the last item of one
// page comes again as the first of the next.
import { createHash } from "node:crypto";

/** Gives the items of a page that stood on no earlier page. Equal items within one page are left alone: they are the
 * source's own. `idOf` gives the system's own id of an item; an item without one is known by all that it holds. Only
 * digests are kept. */
export function createRepeatFilter(
  idOf: (item: unknown) => unknown = () => undefined,
): (items: readonly unknown[]) => readonly unknown[] {
  const earlier = new Set<string>();
  const digestOf = (item: unknown) => {
    const id = idOf(item);
    const known = typeof id === "string" || typeof id === "number" ? [id] : item;
    return createHash("sha256").update(JSON.stringify(known)).digest("base64url");
  };
  return (items) => {
    const digests = items.map(digestOf);
    const fresh = items.filter((_, index) => !earlier.has(digests[index] ?? ""));
    for (const digest of digests) earlier.add(digest);
    return fresh;
  };
}
