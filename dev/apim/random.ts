// A small seeded generator (mulberry32): the same seed always invents the same world.

export type Random = {
  /** At least 0, below 1. */
  next(): number;
  /** A whole number at least 0 and below the limit. */
  below(limit: number): number;
  bytes(count: number): Buffer;
};

export function createRandom(seed: number): Random {
  let state = seed >>> 0;

  function next(): number {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  }

  return {
    next,
    below: (limit) => Math.floor(next() * limit),
    bytes: (count) => Buffer.from(Array.from({ length: count }, () => Math.floor(next() * 256))),
  };
}
