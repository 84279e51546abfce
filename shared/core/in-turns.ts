// Many things that each wait for the store or the service, several at a time.

const usuallyAtOnce = 16;

/** Does the work for each item, so many at a time, 16 unless stated. The first failure keeps what has not begun from
 * beginning. @throws the first failure, after what is under way has ended */
export async function inTurns<T>(
  items: Iterable<T>,
  work: (item: T) => Promise<unknown>,
  atOnce = usuallyAtOnce,
): Promise<void> {
  const left = items[Symbol.iterator]();
  const failures: unknown[] = [];
  const lane = async (): Promise<void> => {
    try {
      for (let next = left.next(); next.done !== true && failures.length === 0; next = left.next())
        await work(next.value);
    } catch (error) {
      failures.push(error);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, lane));
  if (failures.length > 0) throw failures[0];
}
