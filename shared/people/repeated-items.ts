// Notices a list that shifts under the reader: when a row is inserted before the reading point, the last item of one
// page comes again as the first of the next.
import { createHash } from "node:crypto";

/** Gives the items of a page that stood on no earlier page. Equal items within one page are left alone: they are the
 * source's own. Only digests are kept. */
export function createRepeatFilter(): (items: readonly unknown[]) => readonly unknown[] {
  const earlier = new Set<string>();
  return (items) => {
    const digests = items.map((item) => createHash("sha256").update(JSON.stringify(item)).digest("base64url"));
    const fresh = items.filter((_, index) => !earlier.has(digests[index] ?? ""));
    for (const digest of digests) earlier.add(digest);
    return fresh;
  };
}
