// A map that remembers creation order and gives any page of it without walking the whole: the ground of every list.

/** Something that can be paged: its size, a slice by position, and all of it. */
export type Sequence<T> = {
  readonly size: number;
  slice(from: number, to: number): readonly T[];
  values(): Iterable<T>;
};

export type OrderedMap<T> = Sequence<T> & {
  get(id: string): T | undefined;
  has(id: string): boolean;
  /** Replaces in place, or appends at the end. */
  set(id: string, value: T): void;
  delete(id: string): boolean;
  clear(): void;
};

/** An empty ordered map. The positions are an array that deletes throw away and the next list makes again.
 * @param keyOf one text for all spellings of an id; the values keep their own */
export function createOrderedMap<T>(keyOf: (id: string) => string = (id) => id): OrderedMap<T> {
  const entries = new Map<string, T>();
  let order: string[] | undefined = [];
  return {
    get size() {
      return entries.size;
    },
    get: (id) => entries.get(keyOf(id)),
    has: (id) => entries.has(keyOf(id)),
    set(given, value) {
      const id = keyOf(given);
      if (order !== undefined && !entries.has(id)) order.push(id);
      entries.set(id, value);
    },
    delete(id) {
      const existed = entries.delete(keyOf(id));
      if (existed) order = undefined;
      return existed;
    },
    clear() {
      entries.clear();
      order = [];
    },
    slice(from, to) {
      order ??= [...entries.keys()];
      return order.slice(from, to).flatMap((id) => {
        const value = entries.get(id);
        return value === undefined ? [] : [value];
      });
    },
    values: () => entries.values(),
  };
}

/** The same sequence with each item looked up or changed as it is read; items that give undefined are left out. */
export function mapSequence<T, U>(sequence: Sequence<T>, change: (item: T) => U | undefined): Sequence<U> {
  return {
    size: sequence.size,
    slice: (from, to) => sequence.slice(from, to).flatMap((item) => present(change(item))),
    *values() {
      for (const item of sequence.values()) yield* present(change(item));
    },
  };
}

/** A sequence over an array. */
export function sequenceOf<T>(items: readonly T[]): Sequence<T> {
  return { size: items.length, slice: (from, to) => items.slice(from, to), values: () => items };
}

function present<U>(value: U | undefined): U[] {
  return value === undefined ? [] : [value];
}
