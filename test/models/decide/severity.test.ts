import { describe, expect, it } from 'vitest';
import { highestSeverity, severityOfAnomalies, severityOfOutlook } from '../../../models/decide/severity.ts';
import { DAY_MS } from '../../../models/domain/rollup.ts';
import { sampleAnomaly } from '../../support/decide-samples.ts';

const of = (seriesId: string, score: number, type = sampleAnomaly().type) => sampleAnomaly({ seriesId, score, type });

describe('severityOfAnomalies', () => {
  it.each([
    ['info', 'one weak spike', [of('a', 1.5)]],
    ['warning', 'one strong spike', [of('a', 2)]],
    ['warning', 'weak spikes of two series', [of('a', 1.1), of('b', 1.1)]],
    ['warning', 'a series without data', [of('a', 1.1, 'missing')]],
    ['warning', 'a new level', [of('a', 1.1, 'level_shift')]],
    ['info', 'weak spikes of one series', [of('a', 1.1), of('a', 1.2)]],
    ['critical', 'a severe spike', [of('a', 4)]],
    ['critical', 'three series, one of them strong', [of('a', 2), of('b', 1.1), of('c', 1.1)]],
  ])('is %s for %s', (severity, _, anomalies) => {
    expect(severityOfAnomalies(anomalies)).toBe(severity);
  });
});

describe('severityOfOutlook', () => {
  const outlook = { probabilityWithinLeadTime: 0, leadTimeMs: 7 * DAY_MS, warnProbability: 0.5, nowMs: 0 };

  it.each([
    ['critical', 'the median within the lead time', { p10Ms: 0, p50Ms: 7 * DAY_MS }],
    ['warning', 'p10 within the lead time', { p10Ms: 7 * DAY_MS, p50Ms: 8 * DAY_MS }],
    ['warning', 'the probability of the limit', { p10Ms: null, p50Ms: null, probabilityWithinLeadTime: 0.5 }],
    ['info', 'all of it later', { p10Ms: 8 * DAY_MS, p50Ms: null }],
  ])('is %s for %s', (severity, _, given) => {
    expect(severityOfOutlook({ ...outlook, ...given })).toBe(severity);
  });
});

describe('highestSeverity', () => {
  it('is that of the most urgent member', () => {
    expect(highestSeverity(['info', 'warning'])).toBe('warning');
    expect(highestSeverity(['info'])).toBe('info');
  });
});
