/** How a list is read page by page; the record stores fit this by shape. */
export interface PageOptions {
  readonly limit: number;
  readonly cursor?: string | undefined;
  /** Bounds of the sort key, from included, to excluded. */
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly descending?: boolean | undefined;
}

export interface Page<T> {
  readonly items: readonly T[];
  readonly cursor?: string;
}

export type ReadPage<T> = (workspace: string, options: PageOptions) => Promise<Page<T>>;

/** A list that is kept by a word of each record, its status. */
export type ReadPageBy<W extends string, T> = (workspace: string, word: W, options: PageOptions) => Promise<Page<T>>;

const PAGE_ITEMS = 500;

/** Every item in the bounds, read page by page so that a long list is never in memory at once. */
export async function* everyItem<T>(
  read: (options: PageOptions) => Promise<Page<T>>,
  bounds: Pick<PageOptions, 'from' | 'to'> = {},
): AsyncGenerator<T> {
  let cursor: string | undefined;
  do {
    const page = await read({ ...bounds, limit: PAGE_ITEMS, cursor });
    yield* page.items;
    cursor = page.cursor;
  } while (cursor !== undefined);
}
