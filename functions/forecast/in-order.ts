/**
 * Works on several items at once, and takes their results one after another in the order of the items.
 *
 * At most `atOnce` items are begun and not yet taken. Where one fails, nothing more is begun, and its error is thrown.
 */
export async function inOrder<T, R>(
  items: AsyncIterable<T>,
  atOnce: number,
  work: (item: T) => Promise<R>,
  take: (result: R) => Promise<void>,
): Promise<void> {
  const begun: Promise<R>[] = [];
  const takeFirst = async (): Promise<void> => take(await begun.shift()!);
  for await (const item of items) {
    const result = work(item);
    // One may fail while an earlier one is waited for: its error is thrown when its turn comes, unless an earlier one was.
    result.catch(() => undefined);
    begun.push(result);
    if (begun.length >= atOnce) await takeFirst();
  }
  while (begun.length > 0) await takeFirst();
}
