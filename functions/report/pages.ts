import type { ListOptions, Page } from '../../data/tables/records.ts';

export type ReadPage<T> = (workspace: string, options: ListOptions) => Promise<Page<T>>;

/** A list that is kept by a word of each record, its status. */
export type ReadPageBy<W extends string, T> = (workspace: string, word: W, options: ListOptions) => Promise<Page<T>>;

const PAGE_ITEMS = 500;

/** Every item in the bounds, read page by page so that a long list is never in memory at once. */
export async function* everyItem<T>(
  read: (options: ListOptions) => Promise<Page<T>>,
  bounds: Pick<ListOptions, 'from' | 'to'> = {},
): AsyncGenerator<T> {
  let cursor: string | undefined;
  do {
    const page = await read({ ...bounds, limit: PAGE_ITEMS, cursor });
    yield* page.items;
    cursor = page.cursor;
  } while (cursor !== undefined);
}
