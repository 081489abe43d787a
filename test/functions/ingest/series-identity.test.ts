import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { createSeriesIdentity, hashLabels, kindOfName } from '../../../functions/ingest/series-identity.ts';
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

    expect(hashLabels(WORKSPACE, LABELS)).toBe(createHash('sha256').update(bytes).digest('hex').slice(0, 32));
  });

  it('never changes', () => {
    expect(hashLabels(WORKSPACE, LABELS)).toBe('b77c6b060a6216dbbec7086addd5908d');
  });

  it('differs between workspaces, and where only the borders between texts differ', () => {
    const ids = [
      hashLabels(WORKSPACE, LABELS),
      hashLabels('bbcdefghijkl', LABELS),
      hashLabels(WORKSPACE, [['a', '1,b=2']]),
      hashLabels(WORKSPACE, [
        ['a', '1'],
        ['b', '2'],
      ]),
      hashLabels(WORKSPACE, [['ab', 'c']]),
      hashLabels(WORKSPACE, [['a', 'bc']]),
    ];

    expect(new Set(ids).size).toBe(ids.length);
  });

  it('keeps composed and decomposed letters apart (J10)', () => {
    expect(hashLabels(WORKSPACE, [['a', 'é'.normalize('NFC')]])).not.toBe(
      hashLabels(WORKSPACE, [['a', 'é'.normalize('NFD')]]),
    );
  });
});

describe('the kind of a series', () => {
  it('is what its name suggests, unless the sender states it', () => {
    const identity = createSeriesIdentity();

    expect(identity.make(WORKSPACE, 'k1', [['__name__', 'a_total']]).kind).toBe('counter');
    expect(identity.make(WORKSPACE, 'k2', [['__name__', 'a_total']], 'gauge').kind).toBe('gauge');
    expect(kindOfName('a_totals')).toBe('gauge');
  });
});

describe('the cache of identities', () => {
  it('knows a key in its workspace only', () => {
    const identity = createSeriesIdentity();

    const made = identity.make(WORKSPACE, 'key', LABELS);

    expect(identity.find(WORKSPACE, 'key')).toBe(made);
    expect(identity.find('bbcdefghijkl', 'key')).toBeUndefined();
    expect(identity.find(WORKSPACE, '__proto__')).toBeUndefined();
  });

  it('forgets what is not asked for, and keeps what is', () => {
    const identity = createSeriesIdentity({ maxEntries: 20, maxBytes: 1e9 });
    identity.make(WORKSPACE, 'asked', LABELS);
    identity.make(WORKSPACE, 'unasked', LABELS);

    for (let i = 0; i < 100; i++) {
      identity.make(WORKSPACE, `k${i}`, LABELS);
      identity.find(WORKSPACE, 'asked');
    }

    expect(identity.find(WORKSPACE, 'asked')).toBeDefined();
    expect(identity.find(WORKSPACE, 'unasked')).toBeUndefined();
    const known = Array.from({ length: 100 }, (_, i) => identity.find(WORKSPACE, `k${i}`)).filter(Boolean);
    expect(known.length).toBeLessThanOrEqual(20);
  });

  it('is bounded in bytes too', () => {
    const identity = createSeriesIdentity({ maxEntries: 1e9, maxBytes: 100_000 });

    for (let i = 0; i < 100; i++) identity.make(WORKSPACE, `${i}`.padStart(5000, '.'), LABELS);

    const known = Array.from({ length: 100 }, (_, i) => identity.find(WORKSPACE, `${i}`.padStart(5000, '.')));
    expect(known.filter(Boolean).length).toBeLessThanOrEqual(20);
    expect(known.at(-1)).toBeDefined();
  });
});
