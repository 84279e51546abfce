// Entities that a write holds while it is under way. The service answers 412 to a second write on the same user.

export type WriteLocks = {
  /** Takes all keys, or none: undefined when one is held. The result gives them back. */
  take(keys: readonly string[]): (() => void) | undefined;
};

export function createWriteLocks(): WriteLocks {
  const held = new Set<string>();
  return {
    take(keys) {
      if (keys.some((key) => held.has(key))) return undefined;
      for (const key of keys) held.add(key);
      return () => {
        for (const key of keys) held.delete(key);
      };
    },
  };
}
