// The same reading for many things at once; the client's concurrency limit keeps the order of magnitude.

/** The results in the order of the items. The first failure stops the other readings. @throws what a reading throws */
export async function readEach<Item, Result>(
  items: readonly Item[],
  read: (item: Item, signal: AbortSignal) => Promise<Result>,
  signal: AbortSignal,
): Promise<readonly Result[]> {
  const failed = new AbortController();
  const either = AbortSignal.any([signal, failed.signal]);
  try {
    return await Promise.all(items.map((item) => read(item, either)));
  } catch (error) {
    failed.abort();
    throw error;
  }
}
