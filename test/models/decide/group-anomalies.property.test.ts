import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { groupAnomalies } from '../../../models/decide/group-anomalies.ts';
import type { Anomaly } from '../../../models/domain/anomaly.ts';
import type { Issue } from '../../../models/domain/issue.ts';
import { NOW_MS, sampleAnomaly, sampleChange } from '../../support/decide-samples.ts';

const SEED = 20_261_101;
const MINUTE_MS = 60_000;
const DAY_MINUTES = 1_440;

const anomalies: fc.Arbitrary<readonly Anomaly[]> = fc
  .array(
    fc.record({
      service: fc.constantFrom('api', 'shop', 'db'),
      startMinute: fc.integer({ min: 0, max: DAY_MINUTES }),
      minutes: fc.integer({ min: 0, max: 60 }),
      isClosed: fc.boolean(),
      score: fc.double({ min: 1, max: 9, noNaN: true }),
    }),
    { maxLength: 40 },
  )
  .map((drawn) =>
    drawn.map(({ service, startMinute, minutes, isClosed, score }, i) => {
      const startedAtMs = NOW_MS - (DAY_MINUTES - startMinute) * MINUTE_MS;
      const lastAtMs = startedAtMs + minutes * MINUTE_MS;
      return sampleAnomaly({
        anomalyId: `${new Date(startedAtMs).toISOString()}_${String(i).padStart(16, '0')}`,
        seriesId: `series-${i % 7}`,
        labels: [['service', service]],
        startedAtMs,
        lastAtMs,
        endedAtMs: isClosed ? lastAtMs : null,
        status: isClosed ? 'closed' : 'open',
        score,
      });
    }),
  );

function group(given: readonly Anomaly[], issues: readonly Issue[] = []): readonly Issue[] {
  return groupAnomalies({
    anomalies: given,
    issues,
    changes: [sampleChange({ atMs: NOW_MS - 720 * MINUTE_MS, service: null })],
    changesFromMs: 0,
    identify: (kind, service, subject, onsetMs) => `${new Date(onsetMs).toISOString()}_${kind}/${service}/${subject}`,
    nowMs: NOW_MS,
  });
}

const byId = (issues: readonly Issue[]): readonly Issue[] =>
  [...issues].sort((a, b) => (a.issueId < b.issueId ? -1 : 1));

describe('laws of grouping', () => {
  it('does not depend on the order of what it is given', () => {
    fc.assert(
      fc.property(
        anomalies.chain((given) =>
          fc.tuple(fc.constant(given), fc.shuffledSubarray([...given], { minLength: given.length })),
        ),
        ([given, shuffled]) => {
          expect(byId(group(shuffled))).toEqual(byId(group(given)));
        },
      ),
      { seed: SEED },
    );
  });

  it('puts every anomaly into exactly one issue of its service', () => {
    fc.assert(
      fc.property(anomalies, (given) => {
        const ids = group(given).flatMap(({ anomalyIds }) => anomalyIds);

        expect([...ids].sort()).toEqual(given.map(({ anomalyId }) => anomalyId).sort());
      }),
      { seed: SEED },
    );
  });

  it('changes nothing when it runs again', () => {
    fc.assert(
      fc.property(anomalies, (given) => {
        const issues = group(given);
        const known = new Set(issues);

        expect(group(given, issues).every((issue) => known.has(issue))).toBe(true);
      }),
      { seed: SEED },
    );
  });

  it('gives the same issues whether anomalies come one by one in time or all at once', () => {
    fc.assert(
      fc.property(anomalies, (given) => {
        const inTime = [...given].sort((a, b) => (a.anomalyId < b.anomalyId ? -1 : 1));
        let issues: readonly Issue[] = [];
        for (let known = 1; known <= inTime.length; known++) issues = group(inTime.slice(0, known), issues);

        const members = (list: readonly Issue[]) => byId(list).map(({ issueId, anomalyIds }) => [issueId, anomalyIds]);
        expect(members(issues)).toEqual(members(group(given)));
      }),
      { seed: SEED, numRuns: 50 },
    );
  });
});
