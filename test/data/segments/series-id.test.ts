import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { seriesIdOf } from '../../../data/segments/series-id.ts';
import { shardOf } from '../../../data/segments/shard.ts';
import type { Labels } from '../../../models/domain/series.ts';

const WORKSPACE = 'abcdefghijkl';
const LABELS: Labels = [
  ['__name__', 'up'],
  ['job', 'ü'],
];

describe('the identifier of a series', () => {
  it('is made of workspace and labels, each with its length before it', () => {
    const bytes = Buffer.from(
      '\0\0\0\x0cabcdefghijkl\0\0\0\x08__name__\0\0\0\x02up\0\0\0\x03job\0\0\0\x02'.concat(
        Buffer.from('ü').toString('latin1'),
      ),
      'latin1',
    );

    expect(seriesIdOf(WORKSPACE, LABELS)).toBe(createHash('sha256').update(bytes).digest('hex').slice(0, 32));
  });

  it('never changes', () => {
    expect(seriesIdOf(WORKSPACE, LABELS)).toBe('b77c6b060a6216dbbec7086addd5908d');
  });

  it('T13 differs between workspaces, and where only the borders between texts differ', () => {
    const ids = [
      seriesIdOf(WORKSPACE, LABELS),
      seriesIdOf('bbcdefghijkl', LABELS),
      seriesIdOf(WORKSPACE, [['a', '1,b=2']]),
      seriesIdOf(WORKSPACE, [
        ['a', '1'],
        ['b', '2'],
      ]),
      seriesIdOf(WORKSPACE, [['ab', 'c']]),
      seriesIdOf(WORKSPACE, [['a', 'bc']]),
    ];

    expect(new Set(ids).size).toBe(ids.length);
  });

  it('keeps composed and decomposed letters apart (J10)', () => {
    expect(seriesIdOf(WORKSPACE, [['a', 'é'.normalize('NFC')]])).not.toBe(
      seriesIdOf(WORKSPACE, [['a', 'é'.normalize('NFD')]]),
    );
  });
});

describe('the shard of a series', () => {
  it('is taken from the first four bytes of its identifier', () => {
    expect(shardOf('ffffffff'.padEnd(32, '0'), 4)).toBe(3);
    expect(shardOf('80000001'.padEnd(32, 'f'), 4)).toBe(1);
    expect(shardOf('80000001'.padEnd(32, 'f'), 1)).toBe(0);
  });
});
