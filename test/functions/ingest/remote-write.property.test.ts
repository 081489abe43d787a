import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeRemoteWrite } from '../../../functions/ingest/remote-write.ts';
import { compareUtf8 } from '../../../functions/ingest/validate-labels.ts';
import { seriesOf } from '../../support/series-columns.ts';
import { body, codeOf, decodeContext, NOW_MS, series, snappy, writeRequest } from './write-request.ts';

const text = fc.string({ unit: 'binary', minLength: 1, maxLength: 12 }).filter((value) => value.isWellFormed());
const pairs = fc.uniqueArray(fc.tuple(text, text), { maxLength: 6, selector: ([name]) => name });
const samples = fc.uniqueArray(
  fc.tuple(fc.integer({ min: Date.UTC(2000, 0, 1), max: NOW_MS }), fc.double({ noNaN: true })),
  { minLength: 1, maxLength: 8, selector: ([timestampMs]) => timestampMs },
);
const wire = fc.uniqueArray(fc.record({ name: text, pairs, samples }), { maxLength: 5, selector: ({ name }) => name });

describe('remote write 1.0', () => {
  it('decodes whatever an independent encoder wrote', () => {
    fc.assert(
      fc.property(wire, (list) => {
        const usable = list.map(({ name, pairs: others, samples: points }) => ({
          labels: [['__name__', name] as [string, string], ...others.filter(([key]) => key !== '__name__')],
          points,
        }));

        const batch = decodeRemoteWrite(
          body(...usable.map(({ labels, points }) => series(labels, points))),
          decodeContext(),
        );

        const expected = usable.map(({ labels, points }) => ({
          labels: labels.toSorted((a, b) => compareUtf8(a[0], b[0])),
          points: points.toSorted((a, b) => a[0] - b[0]),
        }));
        const actual = seriesOf(batch).map(({ labels, timestampsMs, values }) => ({
          labels,
          points: Array.from(timestampsMs, (timestampMs, i) => [timestampMs, values[i]]),
        }));
        expect(actual).toEqual(expected);
        expect(batch.rejected.count).toBe(0);
      }),
      { numRuns: 200, seed: 1 },
    );
  });

  it('gives the same batch again, from a warm cache too', () => {
    const context = decodeContext();
    const request = body(
      series([
        ['__name__', 'a'],
        ['x', 'ü'],
      ]),
      series([['__name__', 'b']]),
    );

    const first = decodeRemoteWrite(request, context);
    const second = decodeRemoteWrite(request, context);

    expect(second).toEqual(first);
    expect(second.series.heads[0]).toBe(first.series.heads[0]);
  });

  it('answers arbitrary bytes with a batch or a refusal, never anything else', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        for (const request of [bytes, snappy(bytes)]) refuseOrDecode(request);
      }),
      { numRuns: 2000, seed: 2 },
    );
  });

  it('answers any flipped bit with a batch or a refusal, before and after compression (C28)', () => {
    const plain = writeRequest([
      series(
        [
          ['__name__', 'http_requests_total'],
          ['job', 'ü'],
          ['instance', 'a:1'],
        ],
        [
          [NOW_MS, 1],
          [NOW_MS + 1, 2],
        ],
      ),
      series([
        ['__name__', 'up'],
        ['job', 'ü'],
        ['instance', 'a:1'],
      ]),
    ]);
    const packed = snappy(plain);

    for (let bit = 0; bit < plain.length * 8; bit++) refuseOrDecode(snappy(flipped(plain, bit)));
    for (let bit = 0; bit < packed.length * 8; bit++) refuseOrDecode(flipped(packed, bit));
  });

  it('refuses any truncation of the compressed body (C19)', () => {
    const request = body(series([['__name__', 'up']]));

    for (let length = 0; length < request.length; length++) {
      expect(codeOf(() => decodeRemoteWrite(request.subarray(0, length), decodeContext()))).toBe(
        'ingest/payload-invalid',
      );
    }
  });
});

describe('the order of labels', () => {
  it('is that of their UTF-8 bytes', () => {
    fc.assert(
      fc.property(text, text, (a, b) => {
        expect(Math.sign(compareUtf8(a, b))).toBe(Buffer.compare(Buffer.from(a), Buffer.from(b)));
      }),
      { numRuns: 500, seed: 3 },
    );
    expect(compareUtf8('\u{1F525}', '\uFFFD')).toBeGreaterThan(0);
  });
});

function refuseOrDecode(request: Uint8Array): void {
  const code = codeOf(() => decodeRemoteWrite(request, decodeContext()));
  expect(['nothing thrown', 'ingest/payload-invalid', 'ingest/payload-too-large']).toContain(code);
}

function flipped(bytes: Uint8Array, bit: number): Uint8Array {
  const copy = Uint8Array.from(bytes);
  copy[bit >> 3] = copy[bit >> 3]! ^ (1 << (bit & 7));
  return copy;
}
