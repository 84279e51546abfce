// Many things that each wait for the store or the service, several at a time.

const atOnce = 16;

/** Does the work for each item, 16 at a time. The first failure keeps what has not begun from beginning.
 * @throws the first failure, after what is under way has ended */
export async function inTurns<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const left = items.values();
  let failed = false;
  const lane = async (): Promise<void> => {
    for (const item of left) {
      if (failed) return;
      try {
        await work(item);
      } catch (error) {
        failed = true;
        throw error;
      }
    }
  };
  const results = await Promise.allSettled(Array.from({ length: Math.min(atOnce, items.length) }, lane));
  for (const result of results) if (result.status === "rejected") throw result.reason;
}
