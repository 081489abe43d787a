import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readSeries } from '../../../local/replay/read-series.ts';
import { ReplayError } from '../../../local/replay/replay-error.ts';
import { formatSeries } from '../../../models/domain/series.ts';

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'forewarn-replay-'));
});

afterAll(() => rm(folder, { recursive: true }));

async function read(text: string | Uint8Array, name = 'cpu.csv') {
  const path = join(folder, name);
  await writeFile(path, text);
  return readSeries(path, { timeZone: 'UTC' });
}

const brief = async (text: string) =>
  (await read(text)).series.map(({ labels, values }) => `${formatSeries(labels)} ${values.join(' ')}`);

describe('a file', () => {
  test('of time and value is one series, named like the file', async () => {
    const { series, rows, refused } = await read('timestamp,value\n2014-04-01 00:00:00,1\n2014-04-01 00:05:00,2.5\n');

    expect({ rows, refused }).toEqual({ rows: 2, refused: 0 });
    expect(series).toEqual([
      {
        labels: [['__name__', 'cpu']],
        timestampsMs: Float64Array.of(Date.UTC(2014, 3, 1), Date.UTC(2014, 3, 1, 0, 5)),
        values: Float64Array.of(1, 2.5),
        missing: 0,
        repeats: 0,
        outOfOrder: 0,
      },
    ]);
  });

  test.each([
    [
      'columns of labels make several series',
      'time,host,value\n1,a,5\n1,b,6\n2,a,7\n',
      ['cpu{host="a"} 5 7', 'cpu{host="b"} 6'],
    ],
    ['a column of names names the metric', 'ts,metric,value\n1,load,5\n1,disk,6\n', ['load 5', 'disk 6']],
    [
      'every column of numbers is a series where none is called value',
      'Time;in;out\n1;5;6\n2;7;8\n',
      ['in 5 7', 'out 6 8'],
    ],
    ['the names of columns may be left out', '1396310400,5\n1396310460,6\n', ['cpu 5 6']],
    ['one row without names is enough', '1396310400,5\n', ['cpu 5']],
    ['tabs may stand between cells', 'timestamp\tvalue\n1\t5\n', ['cpu 5']],
    ['decimal commas are numbers where no comma stands between cells', 'timestamp;value\n1;5,5\n', ['cpu 5.5']],
    [
      'quotes hold commas, and a mark of the byte order is none of the name',
      '\ufefftimestamp,"who, where",value\n1,"a, ""b""",5\n',
      ['cpu{who, where="a, \\"b\\""} 5'],
    ],
    [
      'lines may end with a carriage return, be empty, or be a comment',
      '# made by hand\r\ntimestamp,value\r\n\r\n1,5\r\n',
      ['cpu 5'],
    ],
    ['a value that is missing is none', 'timestamp,value\n1,5\n2,\n3,NaN\n4,null\n', ['cpu 5 NaN NaN NaN']],
  ])('%s', async (_, text, expected) => {
    expect(await brief(text)).toEqual(expected);
  });

  test('numbers beside a column of values are left out, and named', async () => {
    expect(await read('timestamp,value,label\n1,5,0\n2,6,1\n')).toMatchObject({ leftOutColumns: ['label'], rows: 2 });
  });

  test('is put in order of time, and of two samples of one time the first counts', async () => {
    const { series } = await read('timestamp,value\n3,30\n1,10\n2,20\n1,99\n');

    expect(series[0]).toMatchObject({ repeats: 1, outOfOrder: 3 });
    expect([...series[0]!.values]).toEqual([10, 20, 30]);
  });

  test('may be packed, and tells how far it is', async () => {
    const path = join(folder, 'load.csv.gz');
    await writeFile(path, gzipSync('timestamp,value\n1,5\n'));
    const ratios: number[] = [];

    const { series } = await readSeries(path, { timeZone: 'UTC', onProgress: (ratio) => ratios.push(ratio) });

    expect(series.map(({ labels }) => formatSeries(labels))).toEqual(['load']);
    expect(ratios).toEqual([1]);
  });
});

describe('what cannot be read', () => {
  test('is told with its line, and the rest is read', async () => {
    const { refusals, refused, rows } = await read(
      'timestamp,value\n1,5\n2,high\nnever,6\n3,7\n4,"8\n5,9\n6\n7,8\n8,9\n9,10\n',
    );

    expect({ rows, refused }).toEqual({ rows: 6, refused: 4 });
    expect(refusals).toEqual([
      'line 3: no number in "high"',
      'line 4: no time in "never"',
      'line 6: a quote stands in the wrong place',
      'line 8: no column value',
    ]);
  });

  test.each([
    ['an empty file', '', 'the file is empty'],
    ['a file of names only', 'timestamp,value\n', 'no column holds|no row can be read'],
    ['a file without times', 'name,value\na,1\nb,2\n', 'line 1: no column holds times; name one of them timestamp'],
    ['a file without values', 'timestamp,name\n1,a\n2,b\n', 'line 2: no column holds values; name it value'],
    ['a file that is mostly something else', 'timestamp,value\n1,5\nx,y\nx,y\nx,y\n', 'more rows are unreadable'],
  ])('fails for %s', async (_, text, why) => {
    await expect(read(text)).rejects.toThrow(new RegExp(why));
    await expect(read(text)).rejects.toBeInstanceOf(ReplayError);
  });

  test('fails for a file that is not there, and for one that is packed and damaged', async () => {
    await expect(readSeries(join(folder, 'none.csv'), { timeZone: 'UTC' })).rejects.toThrow('cannot be read');
    await expect(read(Buffer.from('no gzip'), 'bad.csv.gz')).rejects.toThrow('cannot be unpacked');
  });
});
