// A map by text for millions of look-ups of texts that were just made: a table in front of it answers for those that
// come again and again, without the engine's own hash of each new text.

export type TextMap<V> = {
  get(text: string): V | undefined;
  set(text: string, value: V): void;
  readonly size: () => number;
};

const slots = 4_096;
/** Characters that decide the slot; of longer texts the rest only decides whether it is the same one. */
const looked = 24;

function slotOf(text: string): number {
  let hash = text.length;
  const end = Math.min(text.length, looked);
  for (let index = 0; index < end; index += 1) hash = (Math.imul(hash, 31) + text.charCodeAt(index)) | 0;
  return (hash ^ (hash >>> 12)) & (slots - 1);
}

/** An empty map. */
export function createTextMap<V>(): TextMap<V> {
  const all = new Map<string, V>();
  const texts: (string | undefined)[] = Array.from({ length: slots });
  const values: (V | undefined)[] = Array.from({ length: slots });
  return {
    get(text) {
      const slot = slotOf(text);
      if (texts[slot] === text) return values[slot];
      const value = all.get(text);
      if (value === undefined) return undefined;
      texts[slot] = text;
      values[slot] = value;
      return value;
    },
    set(text, value) {
      all.set(text, value);
      const slot = slotOf(text);
      texts[slot] = text;
      values[slot] = value;
    },
    size: () => all.size,
  };
}
