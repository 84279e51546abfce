// A map that keeps what was set last and forgets the oldest: what is only a help may be forgotten, but not gather for ever.

export type Latest<T> = {
  get(key: string): T | undefined;
  set(key: string, value: T): void;
  delete(key: string): void;
};

/** Keeps `most` entries. */
export function createLatest<T>(most: number): Latest<T> {
  const kept = new Map<string, T>();
  return {
    get: (key) => kept.get(key),
    set(key, value) {
      // A map keeps the order of its first settings.
      kept.delete(key);
      kept.set(key, value);
      const [oldest] = kept.keys();
      if (kept.size > most && oldest !== undefined) kept.delete(oldest);
    },
    delete(key) {
      kept.delete(key);
    },
  };
}
