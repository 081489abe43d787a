import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeMetricsCsv } from '../../../functions/ingest/metrics-csv.ts';
import { seriesOf } from '../../support/series-columns.ts';
import { codeOf, decodeContext, NOW_MS } from './write-request.ts';

const decode = (text: string | Uint8Array, context = decodeContext()) => decodeMetricsCsv(Buffer.from(text), context);
const HEADER = 'timestamp,value,name,host';
/** A table of these rows. */
const table = (...rows: readonly string[]) => decode([HEADER, ...rows].join('\n'));

describe('metrics as a table', () => {
  it('come as a row for each sample, whatever the order of the columns', () => {
    const batch = decode(
      `host,name,timestamp,value\na,cpu,${NOW_MS - 1},1.5\na,cpu,${NOW_MS},-2e3\nb,cpu,${NOW_MS},.5\n`,
    );

    expect(batch.acceptedSamples).toBe(3);
    expect(seriesOf(batch)).toMatchObject([
      { kind: 'gauge', timestampsMs: Float64Array.of(NOW_MS - 1, NOW_MS), values: Float64Array.of(1.5, -2000) },
      { kind: 'gauge', timestampsMs: Float64Array.of(NOW_MS), values: Float64Array.of(0.5) },
    ]);
    expect(seriesOf(batch)[0]?.labels).toEqual([
      ['__name__', 'cpu'],
      ['host', 'a'],
    ]);
  });

  it.each([
    ['quotes', `"timestamp","value","name"\r\n"2025-11-21T08:00:00+01:00","21.5","room, north"\r\n`],
    ['a byte order mark', `\ufefftimestamp,value,name\n2025-11-21T07:00:00Z,21.5,"room, north"`],
    ['the name as a label', `timestamp,value,__name__\n1763708400000,21.5,"room, north"`],
  ])('may have %s', (_, text) => {
    expect(seriesOf(decode(text))).toMatchObject([
      {
        labels: [['__name__', 'room, north']],
        timestampsMs: Float64Array.of(Date.UTC(2025, 10, 21, 7)),
        values: Float64Array.of(21.5),
      },
    ]);
  });

  it('take an empty cell for no label', () => {
    const batch = table(`${NOW_MS},1,cpu,`, `${NOW_MS},2,cpu,a`);

    expect(seriesOf(batch).map(({ labels }) => labels.length)).toEqual([1, 2]);
  });

  it('know a counter by its name', () => {
    expect(seriesOf(table(`${NOW_MS},1,requests_total,a`))[0]?.kind).toBe('counter');
  });

  it.each([
    ['value_invalid', `${NOW_MS},,cpu,a`],
    ['value_invalid', `${NOW_MS},NaN,cpu,a`],
    ['value_invalid', `${NOW_MS},0x10,cpu,a`],
    ['value_invalid', `${NOW_MS}, 1,cpu,a`],
    ['value_invalid', `${NOW_MS},1e400,cpu,a`],
    ['value_invalid', `${NOW_MS},=1+1,cpu,a`],
    ['timestamp_missing', `,1,cpu,a`],
    ['timestamp_unit', `${NOW_MS / 1000},1,cpu,a`],
    ['timestamp_invalid', `2025-11-21 08:00,1,cpu,a`],
    ['timestamp_too_far_ahead', `${NOW_MS + 3_600_000},1,cpu,a`],
    ['metric_name_missing', `${NOW_MS},1,,a`],
    ['label_value_too_long', `${NOW_MS},1,cpu,${'a'.repeat(2049)}`],
    ['row_invalid', `${NOW_MS},1,cpu`],
    ['row_invalid', `${NOW_MS},1,cpu,a,b`],
    ['row_invalid', `${NOW_MS},1,c"pu,a`],
  ])('refuse for %s only the row %s', (reason, row) => {
    const batch = table(`${NOW_MS},1,cpu,a`, row, `${NOW_MS},1,cpu,b`);

    expect(batch.acceptedSamples).toBe(2);
    expect(batch.rejected).toMatchObject({ count: 1, examples: [{ index: 1, code: reason }] });
  });

  it('take the time of the request for a row without one, where it is known', () => {
    const batch = decode(`${HEADER}\n,1,cpu,a`, { ...decodeContext(), receivedAtMs: NOW_MS - 7 });

    expect(seriesOf(batch)[0]?.timestampsMs).toEqual(Float64Array.of(NOW_MS - 7));
  });

  it('keep the first of two samples of one time, and count the other', () => {
    const batch = table(`${NOW_MS},1,cpu,a`, `${NOW_MS},2,cpu,a`);

    expect(seriesOf(batch)[0]?.values).toEqual(Float64Array.of(1));
    expect([...batch.discarded]).toEqual([['duplicate', 1]]);
  });

  it('keep labels that are named like members of Object.prototype as data (J08)', () => {
    const batch = decode(`timestamp,value,name,__proto__,constructor\n${NOW_MS},1,a,b,c`);

    expect(seriesOf(batch)[0]?.labels).toEqual([
      ['__name__', 'a'],
      ['__proto__', 'b'],
      ['constructor', 'c'],
    ]);
  });

  it('may have no rows', () => {
    expect(table()).toMatchObject({ acceptedSamples: 0, rejected: { count: 0 } });
  });

  it.each([
    ['no header', ''],
    ['a header without a time', 'value,name\n'],
    ['a header without a value', 'timestamp,name\n'],
    ['a header without a name', 'timestamp,value,host\n'],
    ['a header with two names', 'timestamp,value,name,__name__\n'],
    ['a column twice', 'timestamp,value,name,a,a\n'],
    ['a column without a name', 'timestamp,value,name,\n'],
    ['33 columns', `timestamp,value,name,${Array.from({ length: 30 }, (_, i) => `l${i}`).join()}\n`],
    ['a header that cannot be read', 'timestamp,val"ue,name\n'],
    ['a quote that is never closed', `${HEADER}\n1,"2,cpu,a\n`],
    ['bytes that are not UTF-8', Buffer.from([0x74, 0xff, 0xfe])],
  ])('fail as a whole with %s', (_, text) => {
    expect(codeOf(() => decode(text))).toBe('ingest/payload-invalid');
  });

  it('fail as a whole beyond 20,000 rows, and not before', () => {
    const rows = Array.from({ length: 20_000 }, (_, i) => `${NOW_MS - i},1,cpu,a`);

    expect(table(...rows).acceptedSamples).toBe(20_000);
    expect(codeOf(() => table(...rows, `${NOW_MS},1,cpu,b`))).toBe('ingest/payload-too-large');
  });

  it('give a batch or a refusal, whatever the bytes', () => {
    const text = fc.string({
      unit: fc.constantFrom('1', ',', '"', '\n', '\r', 'timestamp', 'value', 'name', 'ü'),
      maxLength: 60,
    });
    fc.assert(
      fc.property(
        fc.oneof(
          text,
          text.map((rest) => `${HEADER}\n${rest}`),
        ),
        fc.uint8Array({ maxLength: 4 }),
        (start, end) => {
          const code = codeOf(() => decode(Buffer.concat([Buffer.from(start), end])));

          expect(['nothing thrown', 'ingest/payload-invalid']).toContain(code);
        },
      ),
      { seed: 20_261_121, numRuns: 500 },
    );
  });
});
