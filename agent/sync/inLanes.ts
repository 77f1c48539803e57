/** Maps in order, at most `lanes` at once. The first failure is reported once all lanes have stopped. */
export async function inLanes<T, R>(
  items: readonly T[],
  lanes: number,
  work: (item: T) => Promise<R>,
): Promise<R[]> {
  const results: R[] = [];
  const next = items.entries();
  let failed = false;
  const lane = async () => {
    for (const [at, item] of next) {
      if (failed) return;
      try {
        results[at] = await work(item);
      } catch (thrown) {
        failed = true;
        throw thrown;
      }
    }
  };
  const ended = await Promise.allSettled(Array.from({ length: Math.min(lanes, items.length) }, lane));
  for (const each of ended) if (each.status === "rejected") throw each.reason;
  return results;
}
