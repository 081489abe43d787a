import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openCsvSource } from '../../../local/backfill/csv-source.ts';
import { collect } from '../../support/collect.ts';

let directory = '';

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'forewarn-csv-'));
});

afterAll(() => rm(directory, { recursive: true }));

async function portionsOf(text: string, { name, position = 0 }: { name?: string; position?: number } = {}) {
  const path = join(directory, 'past.csv');
  await writeFile(path, text);
  const source = await openCsvSource(path, name);
  try {
    return await collect(source.portions(position));
  } finally {
    await source.close();
  }
}
const bodies = async (text: string, options = {}) =>
  (await portionsOf(text, options)).map(({ body }) => body.toString());

test('rows are sent as they stand, under the first one', async () => {
  const text = 'timestamp,value,name\r\n1000,1,"a,b"\r\n\r\n2000,2,"c\r\nd"\r\n3000,3,e';

  expect(await portionsOf(text)).toEqual([
    {
      mediaType: 'text/csv',
      body: Buffer.from('timestamp,value,name\n1000,1,"a,b"\n2000,2,"c\r\nd"\n3000,3,e\n'),
      samples: 3,
      ratio: 1,
      position: 3,
    },
  ]);
});

test('rows come in order of time, and those of one time as they stand; what has no time comes last', async () => {
  const rows = ['value,timestamp,name', '1,3000,a', '2,1970-01-01T00:00:01Z,a', '3,,a', '4,2000,b', '5,2000,a'];

  expect(await bodies(`${rows.join('\n')}\n`)).toEqual([
    'value,timestamp,name\n2,1970-01-01T00:00:01Z,a\n4,2000,b\n5,2000,a\n1,3000,a\n3,,a\n',
  ]);
});

test('a file without names is given one', async () => {
  expect(await bodies('\ufefftimestamp,value\n1,2\n', { name: 'disk "a"' })).toEqual([
    'timestamp,value,name\n1,2,"disk ""a"""\n',
  ]);
});

test('many rows are many requests, and a position is gone on from, across any block of the file', async () => {
  const rows = Array.from({ length: 25_000 }, (_, i) => `${i},${i},metric,${'x'.repeat(i % 97)}ü`);
  const text = `timestamp,value,name,label\n${rows.join('\n')}`;

  const all = await portionsOf(text);
  expect(all.map(({ samples, position }) => [samples, position])).toEqual([
    [10_000, 10_000],
    [10_000, 20_000],
    [5_000, 25_000],
  ]);
  expect(all.flatMap(({ body }) => body.toString().trimEnd().split('\n').slice(1))).toEqual(rows);
  expect(await portionsOf(text, { position: 20_000 })).toEqual(all.slice(2));
});

test('rows that are large make requests of fewer', async () => {
  const rows = Array.from({ length: 5 }, (_, i) => `${i},1,a,${'x'.repeat(3_000_000)}`);

  const portions = await portionsOf(`timestamp,value,name,label\n${rows.join('\n')}\n`);
  expect(portions.map(({ samples }) => samples)).toEqual([2, 2, 1]);
});

test.each([
  ['', 'is empty'],
  ['time,value,name\n', 'must name the columns timestamp and value'],
  ['timestamp,value\n1,2\n', 'has no column "name"'],
])('fails when the file is %j: it %s', async (text, message) => {
  await expect(portionsOf(text)).rejects.toThrow(message);
});

test('fails when a name is given twice, or the file is not there', async () => {
  await expect(portionsOf('timestamp,value,name\n', { name: 'a' })).rejects.toThrow('leave out --name');
  await expect(openCsvSource(join(directory, 'nothing.csv'), undefined)).rejects.toThrow('cannot be read');
});
