import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeLokiJson } from '../../../functions/ingest/loki-json.ts';
import { parseLabelsText } from '../../../functions/ingest/loki-labels.ts';
import { decodeLokiProtobuf } from '../../../functions/ingest/loki-protobuf.ts';
import type { LokiPush } from '../../../functions/ingest/loki-push.ts';
import { nanoseconds, PROMTAIL_PUSH, packed, pushMessage } from './loki-fixtures.ts';
import { codeOf, decodeContext, NOW_MS } from './write-request.ts';

const name = fc.stringMatching(/^[A-Za-z_][A-Za-z0-9_]{0,9}$/);
const text = fc.string({ unit: 'binary', minLength: 1, maxLength: 12 }).filter((value) => value.isWellFormed());
const labels = fc.uniqueArray(fc.tuple(name, text), { minLength: 1, maxLength: 6, selector: ([key]) => key });
const entry = fc.record({
  atMs: fc.integer({ min: NOW_MS - 5, max: NOW_MS }),
  nanos: fc.integer({ min: 0, max: 2 }),
  line: fc.oneof(text, fc.constantFrom('', 'level=warn x', 'x'.repeat(70_000))),
  metadata: fc.constantFrom<Readonly<Record<string, string>>[]>({}, { trace_id: 'a' }, { detected_level: 'error' }),
});
const push = fc.uniqueArray(fc.record({ labels, entries: fc.array(entry, { maxLength: 8 }) }), {
  minLength: 1,
  maxLength: 4,
  selector: ({ labels: pairs }) => JSON.stringify(pairs),
});

const format = (pairs: readonly (readonly [string, string])[]): string =>
  `{${pairs.map(([key, value]) => `${key}=${JSON.stringify(value)}`).join(', ')}}`;

/** Without the map types, which differ by the order of what was counted first. */
const plain = ({ logs, acceptedRecords, rejected, discarded }: LokiPush) => ({
  logs,
  acceptedRecords,
  rejected: rejected.count,
  discarded: Object.fromEntries(discarded),
});

function refuseOrDecode(decode: () => unknown): void {
  expect(['nothing thrown', 'ingest/payload-invalid', 'ingest/payload-too-large']).toContain(codeOf(decode));
}

describe('a push of Loki', () => {
  it('means the same as protobuf and as JSON, and the same again from a warm cache', () => {
    fc.assert(
      fc.property(push, (streams) => {
        const asProtobuf = packed(pushMessage(streams.map((one) => ({ ...one, labels: format(one.labels) }))));
        const asJson = Buffer.from(
          JSON.stringify({
            streams: streams.map((one) => ({
              stream: Object.fromEntries(one.labels),
              values: one.entries.map(({ atMs, nanos, line, metadata }) => [nanoseconds(atMs, nanos), line, metadata]),
            })),
          }),
        );
        const context = decodeContext();
        const first = plain(decodeLokiProtobuf(asProtobuf, context));
        expect(plain(decodeLokiJson(asJson, context))).toEqual(first);
        expect(plain(decodeLokiProtobuf(asProtobuf, context))).toEqual(first);
        const sent = streams.reduce((sum, { entries }) => sum + entries.length, 0);
        expect(first.acceptedRecords + (first.discarded.duplicate ?? 0)).toBe(sent);
      }),
      { numRuns: 100, seed: 1 },
    );
  });

  it('answers arbitrary bytes with a push or a refusal, never anything else', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        for (const request of [bytes, packed(bytes)]) {
          refuseOrDecode(() => decodeLokiProtobuf(request, decodeContext()));
        }
        refuseOrDecode(() => decodeLokiJson(bytes, decodeContext()));
      }),
      { numRuns: 1000, seed: 2 },
    );
  });

  it('answers any value of JSON with a push or a refusal, wherever it stands', () => {
    const values = fc.array(fc.array(fc.oneof(fc.json(), fc.constant(`"${NOW_MS}000000"`)), { maxLength: 4 }));
    fc.assert(
      fc.property(fc.json(), fc.json(), values, (top, stream, list) => {
        const inner = list.map((parts) => `[${parts.join(',')}]`).join(',');
        const bodies = [top, `{"streams":${top}}`, `{"streams":[${stream}]}`];
        for (const body of [...bodies, `{"streams":[{"stream":{"a":"b"},"values":[${inner}]}]}`]) {
          refuseOrDecode(() => decodeLokiJson(Buffer.from(body), decodeContext()));
        }
      }),
      { numRuns: 300, seed: 3 },
    );
  });

  it('answers any flipped bit and any truncation of what promtail sends with a push or a refusal (C19, C28)', () => {
    const message = pushMessage(PROMTAIL_PUSH);
    for (let bit = 0; bit < message.length * 8; bit += 3) {
      const flipped = Uint8Array.from(message);
      flipped[bit >> 3] = flipped[bit >> 3]! ^ (1 << (bit & 7));
      refuseOrDecode(() => decodeLokiProtobuf(packed(flipped), decodeContext()));
    }
    const block = packed(message);
    for (let length = 0; length < block.length; length++) {
      expect(codeOf(() => decodeLokiProtobuf(block.subarray(0, length), decodeContext()))).toBe(
        'ingest/payload-invalid',
      );
    }
  });
});

describe('labels as text', () => {
  it('are read as they were written, with any escapes', () => {
    fc.assert(
      fc.property(labels, (pairs) => {
        expect(parseLabelsText(format(pairs), 15)).toEqual(pairs);
      }),
      { numRuns: 300, seed: 4 },
    );
  });

  it('of any text are pairs or a refusal, in time', () => {
    const pieces = fc.array(fc.constantFrom('{', '}', '=', '"', '\\', ',', ' ', 'a', '`', '\\u00e9', '\\x', '9'), {
      maxLength: 40,
    });
    fc.assert(
      fc.property(pieces, (parts) => {
        const read = parseLabelsText(parts.join(''), 15);
        expect('code' in read ? read.code : 'labels').toMatch(/^labels(_invalid)?$/);
      }),
      { numRuns: 2000, seed: 5 },
    );
  });
});
