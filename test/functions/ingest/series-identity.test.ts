import { describe, expect, it } from 'vitest';
import { createSeriesIdentity, kindOfName } from '../../../functions/ingest/series-identity.ts';
import type { Labels } from '../../../models/domain/series.ts';

const WORKSPACE = 'abcdefghijkl';
const LABELS: Labels = [
  ['__name__', 'up'],
  ['job', 'ü'],
];

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

  it('holds no labels of what it has forgotten, by those of what it keeps', () => {
    const identity = createSeriesIdentity({ maxEntries: 20, maxBytes: 1e9 });
    const long: Labels = [['__name__', 'v'.repeat(1_000)]];
    const kept = identity.make(WORKSPACE, 'asked', long);
    const before = kept.labelSource;

    for (let i = 0; i < 100; i++) {
      identity.make(WORKSPACE, `k${i}`, long);
      identity.find(WORKSPACE, 'asked');
    }

    expect(identity.find(WORKSPACE, 'asked')).toBe(kept);
    expect(kept.labelSource).not.toBe(before);
    expect(kept.labels).toEqual(long);
  });

  it('is bounded in bytes too', () => {
    const identity = createSeriesIdentity({ maxEntries: 1e9, maxBytes: 100_000 });

    for (let i = 0; i < 100; i++) identity.make(WORKSPACE, `${i}`.padStart(5000, '.'), LABELS);

    const known = Array.from({ length: 100 }, (_, i) => identity.find(WORKSPACE, `${i}`.padStart(5000, '.')));
    expect(known.filter(Boolean).length).toBeLessThanOrEqual(20);
    expect(known.at(-1)).toBeDefined();
  });
});
