// Whether somebody may have slid unseen over the border between two pages: from a page that was still to come to one that
// was read, because a row before them was taken away. Totals do not show it where another row was added meanwhile.
import type { Border } from "./next-page.ts";
import type { KnownItems } from "./repeated-items.ts";

export type Borders = {
  /** The items of a page without the one that it shares with the page before. `fault` is the second half of a sentence
   * about a page that does not share it as it should; `earlier` of its items stand where that one should. */
  behind(items: readonly unknown[], border: Border): BehindBorder;
  /** Whether the service begins a page at any item that it is asked for, as far as is known. */
  fromAnyItem(): boolean;
  /** Whether there was a border at which nothing showed whether somebody slid over it. */
  areUnproven(): boolean;
};

type BehindBorder = { readonly items: readonly unknown[]; readonly earlier: number; readonly fault?: string };

/** `known` has the items of the pages before. */
export function createBorders(known: KnownItems): Borders {
  let fromAnyItem = true;
  let unproven = false;
  /** Whether the last page had nothing but the item which it shares with the one before. */
  let endSeen = false;

  /** Where the last item of the page before comes first, everybody behind it is still to come, in a list that keeps its
   * order. */
  const behindShared = (items: readonly unknown[]): BehindBorder => {
    if (items.length > 0 && known.isLast(items[0])) {
      endSeen = items.length === 1;
      return { items: items.slice(1), earlier: 0 };
    }
    // Asked for an item in the middle of a page, the service gives that page.
    if (items.length > 0 && known.hasAll(items)) {
      fromAnyItem = false;
      return { items: [], earlier: 0 };
    }
    const fault = "does not begin with the last item of the page before: the list shifted while it was read";
    return { items, earlier: Math.min(1, items.length), fault };
  };

  return {
    behind(items, border) {
      const wasEnd = endSeen;
      endSeen = false;
      if (border === "overlaps") return behindShared(items);
      if (border === "counted" && !(wasEnd && items.length === 0)) unproven = true;
      return { items, earlier: 0 };
    },
    fromAnyItem: () => fromAnyItem,
    areUnproven: () => unproven,
  };
}
