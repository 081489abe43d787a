import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openDatabase } from '../../../data/embedded/database.ts';

/** As SQLite numbers it: 2 is FULL, a sync of the log with every commit. */
const FULL = 2;

test('T19 every commit is synced to disk before it is answered: killing a process proves nothing of a power cut', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'forewarn-database-'));
  const database = openDatabase(directory, 0);

  expect(database.prepare('PRAGMA synchronous').get()).toEqual({ synchronous: FULL });
  expect(database.prepare('PRAGMA journal_mode').get()).toEqual({ journal_mode: 'wal' });

  database.close();
  await rm(directory, { recursive: true });
});
