// Knows the items of a list again. When a row is inserted before the reading point, the last item of one page comes again
// as the first of the next; where the last item of one page does not begin the next as it should, a row was taken away.
import { createHash } from "node:crypto";

export type KnownItems = {
  /** The items of a page that stood on no earlier page. Equal items within one page are left alone: they are the source's
   * own. */
  fresh(items: readonly unknown[]): readonly unknown[];
  /** True when each of them stood on an earlier page. */
  hasAll(items: readonly unknown[]): boolean;
  /** True for the item that ended the last page which had any. */
  isLast(item: unknown): boolean;
  /** A text for the items of all pages in their order, since it was last asked for. */
  takeOrder(): string;
};

/** `idOf` gives the system's own id of an item; an item without one is known by all that it holds. Only digests are
 * kept. */
export function createKnownItems(idOf: (item: unknown) => unknown = () => undefined): KnownItems {
  const earlier = new Set<string>();
  let last: string | undefined;
  let order = createHash("sha256");
  const digestOf = (item: unknown) => {
    const id = idOf(item);
    const known = typeof id === "string" || typeof id === "number" ? [id] : item;
    return createHash("sha256").update(JSON.stringify(known)).digest("base64url");
  };
  return {
    fresh(items) {
      const digests = items.map(digestOf);
      const fresh = items.filter((_, index) => !earlier.has(digests[index] ?? ""));
      for (const digest of digests) {
        earlier.add(digest);
        order.update(digest);
      }
      last = digests.at(-1) ?? last;
      return fresh;
    },
    hasAll: (items) => items.every((item) => earlier.has(digestOf(item))),
    isLast: (item) => digestOf(item) === last,
    takeOrder() {
      const text = order.digest("base64url");
      order = createHash("sha256");
      return text;
    },
  };
}
