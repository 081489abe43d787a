import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import type { SeriesHead } from '../../../data/segments/batch.ts';
import { sourceOf } from '../../../functions/ingest/byte-keys.ts';
import { DEFAULT_INGEST_LIMITS } from '../../../functions/ingest/limits.ts';
import { PlainLabels } from '../../../functions/ingest/plain-labels.ts';
import { createSeriesIdentity } from '../../../functions/ingest/series-identity.ts';
import { checkSeriesLabels, type LabelPair } from '../../../functions/ingest/validate-labels.ts';

const WORKSPACE = 'abcdefghijkl';

function makePlain(pairs: readonly LabelPair[], limits = DEFAULT_INGEST_LIMITS) {
  const plain = new PlainLabels(WORKSPACE, limits);
  plain.begin();
  for (const [name, value] of pairs) {
    const source = sourceOf(Buffer.from(`${name}${value}`));
    const nameEnd = Buffer.byteLength(name);
    if (!plain.add(source, 0, nameEnd, nameEnd, source.bytes.length)) return undefined;
  }
  return plain.finish();
}

function makeChecked(pairs: readonly LabelPair[]) {
  const checked = checkSeriesLabels(pairs, DEFAULT_INGEST_LIMITS);
  return 'refusal' in checked ? undefined : createSeriesIdentity().make(WORKSPACE, 'key', checked.labels);
}

function writtenOf({ labelSource, labelStart, labelEnd }: SeriesHead): Buffer {
  return labelSource.subarray(labelStart, labelEnd);
}

describe('plain labels', () => {
  it.each<[string, LabelPair[]]>([
    ['a name alone', [['__name__', 'up']]],
    [
      'a counter',
      [
        ['__name__', 'requests_total'],
        ['job', 'a'],
      ],
    ],
    [
      'capitals before the name',
      [
        ['A', '1'],
        ['__name__', 'm'],
        ['__name__x', 'y'],
      ],
    ],
    [
      'a long value',
      [
        ['__name__', 'm'],
        ['n', 'v'.repeat(2_048)],
      ],
    ],
    [
      'a long name',
      [
        ['__name__', 'm'],
        ['n'.repeat(1_024), 'v'],
      ],
    ],
    [
      'NUL and newline',
      [
        ['__name__', 'm'],
        ['a', '\0\n'],
      ],
    ],
  ])('give the series that checked ones give: %s', (_, pairs) => {
    const checked = makeChecked(pairs)!;
    const plain = makePlain(pairs)!;

    const { seriesId, labels, kind } = checked;
    expect(plain).toMatchObject({ seriesId, labels, kind });
    expect(writtenOf(plain)).toEqual(writtenOf(checked));
  });

  it.each<[string, LabelPair[]]>([
    ['no name', [['job', 'a']]],
    ['nothing', []],
    [
      'unsorted',
      [
        ['job', 'a'],
        ['__name__', 'up'],
      ],
    ],
    [
      'a name twice',
      [
        ['__name__', 'up'],
        ['job', 'a'],
        ['job', 'b'],
      ],
    ],
    [
      'an empty name',
      [
        ['', 'x'],
        ['__name__', 'up'],
      ],
    ],
    [
      'an empty value',
      [
        ['__name__', 'up'],
        ['job', ''],
      ],
    ],
    [
      'not ASCII',
      [
        ['__name__', 'up'],
        ['job', 'ünter'],
      ],
    ],
    [
      'not ASCII at the end',
      [
        ['__name__', 'up'],
        ['job', 'xü'],
      ],
    ],
    [
      'a value too long',
      [
        ['__name__', 'up'],
        ['job', 'v'.repeat(2_049)],
      ],
    ],
    [
      'a name too long',
      [
        ['__name__', 'up'],
        ['n'.repeat(1_025), 'v'],
      ],
    ],
    ['too many', [['__name__', 'up'], ...Array.from({ length: 30 }, (_, i): LabelPair => [`l${i + 10}`, 'v'])]],
    [
      'too much',
      [['__name__', 'up'], ...Array.from({ length: 20 }, (_, i): LabelPair => [`l${i + 10}`, 'v'.repeat(2_048)])],
    ],
  ])('are not: %s', (_, pairs) => {
    expect(makePlain(pairs)).toBeUndefined();
  });

  test('never give another series than checked ones, whatever the labels', () => {
    const text = fc.oneof(fc.constantFrom('__name__', 'a', 'ab', 'b', ''), fc.string({ maxLength: 12 }));
    fc.assert(
      fc.property(fc.array(fc.tuple(text, text), { maxLength: 6 }), (pairs) => {
        const plain = makePlain(pairs);
        if (plain === undefined) return;
        const checked = makeChecked(pairs);
        expect([plain.seriesId, plain.kind, plain.labels]).toEqual([checked?.seriesId, checked?.kind, checked?.labels]);
      }),
      { numRuns: 500, seed: 1 },
    );
  });
});
