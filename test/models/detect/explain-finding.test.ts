import { expect, it } from 'vitest';
import { explainFinding } from '../../../models/detect/explain-finding.ts';
import type { Finding, FindingSight } from '../../../models/domain/finding.ts';

const sight: FindingSight = {
  actual: 1.62,
  expected: 0,
  lower: -0.9,
  upper: 0.8,
  direction: 1,
  members: [],
  affected: 9,
  total: 12,
};
const finding = (kind: Finding['kind'], scope: Finding['scope'], seen: Partial<FindingSight> = {}): Finding => ({
  kind,
  key: 'k',
  seriesId: 's',
  scope,
  episode: {
    phase: 'open',
    startedAtMs: 0,
    lastAtMs: 0,
    endedAtMs: null,
    points: 1,
    calmPoints: 0,
    initialScore: 1.2,
    score: 1.2,
  },
  sight: { ...sight, ...seen },
  away: [],
});
const names = { subject: 'checkout', metrics: ['cpu', 'latency', 'errors', 'queue'] };
const silence = { actual: 1_500, expected: 300, affected: 9, total: 9 };

it.each([
  [
    finding('group', 'service'),
    '9 of 12 series of checkout moved up together, 1.62 standard deviations on average where usual is -0.9 to 0.8: cpu, latency, errors and 1 more',
  ],
  [
    finding('group', 'service', { direction: 0 }),
    '9 of 12 series of checkout became restless together, 1.62 standard deviations on average where usual is -0.9 to 0.8: cpu, latency, errors and 1 more',
  ],
  [
    finding('outlier', 'series', { actual: 77, expected: 52, lower: 41, upper: 63, total: 40 }),
    'cpu of checkout at 77 where 52 is usual for it among its 39 peers (41 to 63)',
  ],
  [finding('missing', 'series', silence), 'No data for 25 min, usually at least every 5 min'],
  [
    finding('missing', 'service', silence),
    'No data from 9 of 9 series of checkout for 25 min, usually at least every 5 min: cpu, latency, errors and 1 more',
  ],
  [
    finding('missing', 'workspace', silence),
    'No data from 9 of 9 series of all services for 25 min, usually at least every 5 min: cpu, latency, errors and 1 more',
  ],
])('a finding is told in one sentence: %#', (given, sentence) => {
  expect(explainFinding(given, names)).toBe(sentence);
});
