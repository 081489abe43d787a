import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type EmbeddedBackend, openEmbedded } from '../../../data/embedded/embedded.ts';
import { createRecords, everyRecord, everyRecordByIndex, type Records } from '../../../data/tables/records.ts';
import { collect } from '../../support/collect.ts';

interface Task {
  readonly taskId: string;
  readonly state: 'open' | 'done';
  readonly dueAtMs: number;
}

let directory: string;
let backend: EmbeddedBackend;
let tasks: Records<Task>;
let workspaces = 0;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'forewarn-records-'));
  backend = await openEmbedded({ directory, nowMs: () => 1_000_000 });
  tasks = createRecords<Task>(backend.table, {
    kind: 'task',
    idOf: ({ taskId }) => taskId,
    indexOf: ({ state, dueAtMs }) => ({ value: state, sort: String(dueAtMs).padStart(6, '0') }),
  });
});

afterAll(async () => {
  await backend.close();
  await rm(directory, { recursive: true });
});

const newWorkspace = (): string => `workspace${String(workspaces++).padStart(4, '0')}`;
const task = (taskId: string, state: Task['state'] = 'open', dueAtMs = 0): Task => ({ taskId, state, dueAtMs });
const ids = (items: readonly Task[]): string[] => items.map(({ taskId }) => taskId);

describe('a record', () => {
  it('is read back with its revision, and is none of another workspace or kind', async () => {
    const [own, other] = [newWorkspace(), newWorkspace()];
    await tasks.put(own, task('a'));
    await tasks.put(own, task('a', 'done'));
    const notes = createRecords<Task>(backend.table, { kind: 'note', idOf: ({ taskId }) => taskId });

    expect(await tasks.get(own, 'a')).toEqual({ record: task('a', 'done'), revision: 2 });
    expect(await tasks.get(other, 'a')).toBeUndefined();
    expect(await notes.get(own, 'a')).toBeUndefined();
  });

  it('is written under a condition or not at all', async () => {
    const workspace = newWorkspace();

    const first = await tasks.put(workspace, task('a'), { kind: 'absent' });
    const second = await tasks.put(workspace, task('a', 'done'), { kind: 'absent' });
    const third = await tasks.put(workspace, task('a', 'done'), { kind: 'revision', revision: 1 });

    expect([first.kind, second.kind, third.kind]).toEqual(['stored', 'conflict', 'stored']);
  });

  it('is gone when it is deleted, from the index too', async () => {
    const workspace = newWorkspace();
    await tasks.put(workspace, task('a'));

    await tasks.delete(workspace, 'a');
    await tasks.delete(workspace, 'never there');

    expect(await tasks.get(workspace, 'a')).toBeUndefined();
    expect((await tasks.listByIndex(workspace, 'open', { limit: 10 })).items).toEqual([]);
  });
});

describe('records', () => {
  it('are found by many ids at once, without those that are not there', async () => {
    const workspace = newWorkspace();
    await tasks.putMany(workspace, [task('a'), task('b'), task('c')]);

    expect(ids(await tasks.getMany(workspace, ['c', 'x', 'a'])).sort()).toEqual(['a', 'c']);
    expect(await tasks.getMany(workspace, [])).toEqual([]);
  });

  it('are listed in order of their ids, from a first to before a last one, and backwards', async () => {
    const workspace = newWorkspace();
    await tasks.putMany(
      workspace,
      ['d', 'a', 'c', 'b'].map((id) => task(id)),
    );
    const list = async (options: object) => ids((await tasks.list(workspace, { limit: 10, ...options })).items);

    expect(await list({})).toEqual(['a', 'b', 'c', 'd']);
    expect(await list({ from: 'b', to: 'd' })).toEqual(['b', 'c']);
    expect(await list({ descending: true, limit: 2 })).toEqual(['d', 'c']);
  });

  it('are listed by their index value in its order, and move with it', async () => {
    const workspace = newWorkspace();
    await tasks.putMany(workspace, [task('a', 'open', 30), task('b', 'open', 10), task('c', 'done', 20)]);
    const open = async () => ids((await tasks.listByIndex(workspace, 'open', { limit: 10 })).items);
    const before = await open();

    await tasks.put(workspace, task('b', 'done', 10));
    await tasks.put(workspace, task('c', 'open', 99));

    expect(before).toEqual(['b', 'a']);
    expect(await open()).toEqual(['a', 'c']);
  });

  it('are read page by page, each once', async () => {
    const workspace = newWorkspace();
    const all = Array.from({ length: 25 }, (_, i) => task(`t${String(i).padStart(2, '0')}`, 'open', 25 - i));
    await tasks.putMany(workspace, all);

    const pages: string[][] = [];
    let cursor: string | undefined;
    do {
      const page = await tasks.list(workspace, { limit: 10, cursor });
      pages.push(ids(page.items));
      cursor = page.cursor;
    } while (cursor !== undefined);

    expect(pages.map(({ length }) => length)).toEqual([10, 10, 5]);
    expect(pages.flat()).toEqual(ids(all));
  });

  it('are read to their end, however many pages that takes', async () => {
    const workspace = newWorkspace();
    const all = Array.from({ length: 2_100 }, (_, i) =>
      task(`t${String(i).padStart(4, '0')}`, i % 2 ? 'open' : 'done', i),
    );
    await tasks.putMany(workspace, all);

    const everyone = await collect(everyRecord(tasks, workspace));
    const open = await collect(everyRecordByIndex(tasks, workspace, 'open'));

    expect(everyone).toEqual(all);
    expect(open).toEqual(all.filter(({ state }) => state === 'open'));
  });
});
