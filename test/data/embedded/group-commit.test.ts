import type { DatabaseSync } from 'node:sqlite';
import { expect, test } from 'vitest';
import { openDatabase } from '../../../data/embedded/database.ts';
import { createGroupCommit } from '../../../data/embedded/group-commit.ts';
import { createItemRows } from '../../../data/embedded/item-rows.ts';
import { createObjectRows } from '../../../data/embedded/object-rows.ts';
import type { ItemPut, Request } from '../../../data/embedded/protocol.ts';
import { createQueueRows } from '../../../data/embedded/queue-rows.ts';
import { createUpkeepRows } from '../../../data/embedded/upkeep-rows.ts';
import { makeDirectory } from '../../contract/embedded-target.ts';

function start(database: DatabaseSync) {
  const handlers = {
    ...createObjectRows(database),
    ...createQueueRows(database),
    ...createItemRows(database),
    ...createUpkeepRows(database),
  };
  const run = createGroupCommit(database, handlers);
  const stored = (): unknown[] =>
    database
      .prepare('SELECT sort FROM items ORDER BY sort')
      .all()
      .map(({ sort }) => sort);
  return { run, stored };
}

function put(sort: string, body = '{}'): ItemPut {
  return { key: { partition: 'p', sort }, body, index: undefined, condition: undefined };
}

test('a request that fails is undone alone, with all of its own writes', async () => {
  const directory = await makeDirectory();
  const database = openDatabase(directory.path, 0);
  const { run, stored } = start(database);
  const refused = put('refused', null as unknown as string); // the table takes no null
  const requests: Request[] = [
    { id: 1, operation: 'table/put', ask: put('before') },
    { id: 2, operation: 'table/putAll', ask: [put('with it'), refused] },
    { id: 3, operation: 'table/put', ask: put('after') },
  ];

  const replies = run(requests);

  expect(replies).toEqual([
    { id: 1, answer: 1 },
    { id: 2, error: expect.objectContaining({ code: 'store/unavailable' }) },
    { id: 3, answer: 1 },
  ]);
  expect(stored()).toEqual(['after', 'before']);
  database.close();
  await directory.remove();
});

test('what is answered as stored is stored and nothing else is, where the disk is full in the middle', async () => {
  const directory = await makeDirectory();
  const database = openDatabase(directory.path, 0);
  const { run, stored } = start(database);
  const pages = Number(database.prepare('PRAGMA page_count').get()?.page_count);
  database.exec(`PRAGMA max_page_count = ${pages + 5}`);
  const requests = ['a', 'b', 'c', 'd'].map(
    (sort, id): Request => ({ id, operation: 'table/put', ask: put(sort, sort === 'c' ? 'x'.repeat(100_000) : '{}') }),
  );

  const replies = run(requests);
  database.exec('PRAGMA max_page_count = 100000');
  const later = run([{ id: 9, operation: 'table/put', ask: put('later') }]);

  const acknowledged = ['a', 'b', 'c', 'd'].filter((_, i) => 'answer' in (replies[i] ?? {}));
  expect(acknowledged).not.toContain('c');
  expect(replies[2]).toMatchObject({ error: { code: 'store/unavailable', retryable: true } });
  expect(later).toEqual([{ id: 9, answer: 1 }]);
  expect(stored()).toEqual([...acknowledged, 'later']);
  database.close();
  await directory.remove();
});
