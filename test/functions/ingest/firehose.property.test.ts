import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { FirehoseDecoder } from '../../../functions/ingest/firehose-records.ts';
import { readCommonAttributes, readFirehoseRequest } from '../../../functions/ingest/firehose-request.ts';
import { createRecentIds } from '../../../functions/ingest/recent-ids.ts';
import { lengthPrefixed, logEvent, logPayload, METRIC_LINE, metricMessage } from './firehose-fixtures.ts';
import { codeOf, decodeContext } from './write-request.ts';

/** Every record is taken, dropped, or put aside; nothing is thrown but that there is too much. */
function decode(records: readonly unknown[]) {
  const decoder = new FirehoseDecoder(decodeContext(), [], createRecentIds());
  for (const [index, record] of records.entries()) decoder.record(index, record);
  return decoder.finish();
}

const inBase64 = (bytes: Uint8Array | string) => ({ data: Buffer.from(bytes).toString('base64') });

test('arbitrary records, of any bytes and any shape, are taken or put aside', () => {
  const shapes = fc.oneof(
    fc.uint8Array({ maxLength: 120 }).map(inBase64),
    fc.uint8Array({ maxLength: 120 }).map((bytes) => inBase64(lengthPrefixed(bytes))),
    fc.uint8Array({ maxLength: 120 }).map((bytes) => inBase64(gzipSync(bytes))),
    fc.json().map(inBase64),
    fc.json().map((text) => inBase64(gzipSync(text))),
    fc.record({ data: fc.jsonValue() }),
    fc.jsonValue(),
  );
  fc.assert(
    fc.property(fc.array(shapes, { maxLength: 6 }), (records) => {
      const { bad } = decode(records);
      expect(bad.length).toBeLessThanOrEqual(records.length);
      expect(new Set(bad.map(({ index }) => index)).size).toBe(bad.length);
    }),
    { numRuns: 500, seed: 1 },
  );
});

test('any value in any field of a metric or of a payload of logs is taken or put aside', () => {
  const field = fc.oneof(fc.jsonValue(), fc.double(), fc.string());
  fc.assert(
    fc.property(fc.constantFrom(...Object.keys(METRIC_LINE)), field, field, (name, value, inner) => {
      const metric = { ...METRIC_LINE, [name]: value };
      const stat = { ...METRIC_LINE, value: { ...METRIC_LINE.value, sum: inner } };
      const event = { ...logEvent('x'), [['id', 'timestamp', 'message'][name.length % 3] ?? 'id']: inner };
      const lines = [metric, stat].map((one) => JSON.stringify(one)).join('\n');
      const payload = { messageType: 'DATA_MESSAGE', owner: '1', logGroup: 'a', logEvents: [event, value] };
      decode([inBase64(lines), inBase64(JSON.stringify(payload))]);
    }),
    { numRuns: 500, seed: 2 },
  );
});

test('any flipped bit of a good record leaves its neighbours as they are (C28)', () => {
  const neighbour = inBase64(JSON.stringify({ ...METRIC_LINE, dimensions: { InstanceId: 'neighbour' } }));
  const good = [lengthPrefixed(metricMessage()), Buffer.from(JSON.stringify(METRIC_LINE)), logPayload([logEvent('x')])];
  for (const bytes of good) {
    for (let bit = 0; bit < bytes.length * 8; bit += 5) {
      const flipped = Uint8Array.from(bytes);
      flipped[bit >> 3] = flipped[bit >> 3]! ^ (1 << (bit & 7));
      const { metrics } = decode([inBase64(flipped), neighbour]);
      expect(metrics.samples).toBeGreaterThanOrEqual(6);
    }
  }
});

test('any body is a request or a refusal, and any common attributes are labels or none', () => {
  const { limits } = decodeContext();
  const json = { 'content-type': 'application/json' };
  fc.assert(
    fc.property(
      fc.oneof(fc.uint8Array({ maxLength: 100 }), fc.json().map(Buffer.from)),
      fc.string(),
      (body, header) => {
        const read = codeOf(() => readFirehoseRequest({ headers: json, body }, limits));
        expect(['nothing thrown', 'ingest/payload-invalid']).toContain(read);
        readCommonAttributes({ 'x-amz-firehose-common-attributes': header });
      },
    ),
    { numRuns: 1000, seed: 3 },
  );
});
