// A many-to-many relation by id, read from both ends: group → users, product → groups.
import type { OrderedMap, Sequence } from "./ordered-map.ts";
import { createOrderedMap, sequenceOf } from "./ordered-map.ts";

export type Relation = {
  /** False when the pair existed already. */
  add(left: string, right: string): boolean;
  /** False when there was no such pair. */
  remove(left: string, right: string): boolean;
  has(left: string, right: string): boolean;
  /** Ids on the right of this left one, in the order in which they were added. */
  rightsOf(left: string): Sequence<string>;
  leftsOf(right: string): readonly string[];
  dropLeft(left: string): void;
  dropRight(right: string): void;
  lefts(): readonly string[];
  clear(): void;
};

export function createRelation(): Relation {
  const rights = new Map<string, OrderedMap<string>>();
  const lefts = new Map<string, Set<string>>();

  function remove(left: string, right: string): boolean {
    lefts.get(right)?.delete(left);
    return rights.get(left)?.delete(right) ?? false;
  }

  return {
    add(left, right) {
      const held = rights.get(left) ?? createOrderedMap<string>();
      if (held.has(right)) return false;
      held.set(right, right);
      rights.set(left, held);
      const back = lefts.get(right);
      if (back === undefined) lefts.set(right, new Set([left]));
      else back.add(left);
      return true;
    },
    remove,
    has: (left, right) => lefts.get(right)?.has(left) ?? false,
    rightsOf: (left) => rights.get(left) ?? sequenceOf([]),
    leftsOf: (right) => [...(lefts.get(right) ?? [])],
    dropLeft(left) {
      for (const right of rights.get(left)?.values() ?? []) lefts.get(right)?.delete(left);
      rights.delete(left);
    },
    dropRight(right) {
      for (const left of lefts.get(right) ?? []) rights.get(left)?.delete(right);
      lefts.delete(right);
    },
    lefts: () => [...rights.keys()],
    clear() {
      rights.clear();
      lefts.clear();
    },
  };
}
