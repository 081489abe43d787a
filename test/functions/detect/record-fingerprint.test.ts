import { expect, test } from 'vitest';
import { recordFingerprint } from '../../../functions/detect/record-fingerprint.ts';

const RECORD = { timestampMs: 1_790_000_000_000, severity: 'info', line: 'order placed' } as const;

test('is the same for ever: it is stored', () => {
  expect(recordFingerprint(RECORD)).toBe(recordFingerprint({ ...RECORD, restNanos: 0 }));
  expect([RECORD, { ...RECORD, line: '' }, { ...RECORD, line: 'ü' }].map(recordFingerprint)).toEqual([
    1_364_855_206, 1_626_548_652, 504_399_243,
  ]);
});

test('differs for another millisecond, nanosecond or line', () => {
  const others = [
    { ...RECORD, timestampMs: RECORD.timestampMs + 1 },
    { ...RECORD, timestampMs: RECORD.timestampMs + 2 ** 32 },
    { ...RECORD, restNanos: 1 },
    { ...RECORD, line: 'order placee' },
    { ...RECORD, line: 'order placed\0' },
    { ...RECORD, line: '' },
  ];
  expect(new Set([RECORD, ...others].map(recordFingerprint)).size).toBe(1 + others.length);
});

test('is spread evenly: of 100,000 lines that count upwards, as few are alike as chance allows', () => {
  const seen = new Set<number>();
  const shares = new Uint32Array(16);
  for (let i = 0; i < 100_000; i++) {
    const fingerprint = recordFingerprint({ ...RECORD, line: `request ${i} took 12 ms` });
    seen.add(fingerprint);
    shares[fingerprint >>> 28]!++;
  }
  // Chance makes 1.2 pairs; more than ten come once in ten million times.
  expect(seen.size).toBeGreaterThan(100_000 - 10);
  for (const share of shares) expect(Math.abs(share - 6_250)).toBeLessThan(500);
});
