import { describe, expect, it } from 'vitest';
import { type AnomalyGroupInput, groupAnomalies, JOIN_MS, sameIssue } from '../../../models/decide/group-anomalies.ts';
import { HOUR_MS } from '../../../models/domain/rollup.ts';
import { NOW_MS, sampleAnomaly, sampleChange, sampleIssue } from '../../support/decide-samples.ts';

function group(given: Partial<AnomalyGroupInput>) {
  return groupAnomalies({
    anomalies: [],
    issues: [],
    changes: [],
    changesFromMs: 0,
    identify: (kind, service, subject, onsetMs) => `${kind}/${service}/${subject}/${onsetMs}`,
    nowMs: NOW_MS,
    ...given,
  });
}

const START_MS = NOW_MS - 3 * HOUR_MS;
const first = sampleAnomaly({ anomalyId: 'a1', startedAtMs: START_MS, lastAtMs: START_MS + 600_000 });

describe('groupAnomalies', () => {
  it('makes one issue of ten hosts with the same trouble', () => {
    const anomalies = Array.from({ length: 10 }, (_, i) =>
      sampleAnomaly({ anomalyId: `a${i}`, seriesId: `host-${i}`, startedAtMs: START_MS + i * 60_000 }),
    );

    const issues = group({ anomalies });

    expect(issues).toHaveLength(1);
    expect(issues[0]).toMatchObject({
      title: 'api: request_latency_ms and 9 more higher than expected',
      severity: 'critical',
      status: 'open',
      openedAtMs: START_MS,
      anomalyIds: anomalies.map(({ anomalyId }) => anomalyId),
    });
  });

  it('joins an onset up to 30 minutes after the last activity, and no later', () => {
    const endMs = first.lastAtMs + JOIN_MS;
    const near = sampleAnomaly({ anomalyId: 'a2', startedAtMs: endMs });
    const far = sampleAnomaly({ anomalyId: 'a3', startedAtMs: endMs + 1 });

    expect(group({ anomalies: [first, near] })).toHaveLength(1);
    expect(group({ anomalies: [first, far] })).toHaveLength(2);
  });

  it('keeps services apart', () => {
    const other = sampleAnomaly({ anomalyId: 'a2', startedAtMs: START_MS, labels: [['service', 'shop']] });

    expect(group({ anomalies: [first, other] }).map(({ service }) => service)).toEqual(['api', 'shop']);
  });

  it('resolves when all are closed and nothing can join any more', () => {
    const closed = sampleAnomaly({ ...first, status: 'closed', endedAtMs: first.lastAtMs });
    const overMs = first.lastAtMs + JOIN_MS;

    expect(group({ anomalies: [closed], nowMs: overMs })[0]).toMatchObject({ status: 'open', resolvedAtMs: null });
    expect(group({ anomalies: [closed], nowMs: overMs + 1 })[0]).toMatchObject({
      status: 'resolved',
      resolvedAtMs: first.lastAtMs,
    });
  });

  it('opens a resolved issue again when a late one joins it', () => {
    const closed = sampleAnomaly({ ...first, status: 'closed', endedAtMs: first.lastAtMs });
    const [resolved] = group({ anomalies: [closed] });
    const late = sampleAnomaly({ anomalyId: 'a2', seriesId: 'series-b', startedAtMs: first.lastAtMs + JOIN_MS });

    const issues = group({ anomalies: [closed, late], issues: [resolved!] });

    expect(issues).toMatchObject([
      { issueId: resolved!.issueId, status: 'open', resolvedAtMs: null, anomalyIds: ['a1', 'a2'] },
    ]);
  });

  it('gives back the same object where nothing has changed', () => {
    const [issue] = group({ anomalies: [first] });

    const [again] = group({ anomalies: [first], issues: [issue!], nowMs: NOW_MS + 60_000 });

    expect(again).toBe(issue);
  });

  it('never lowers the severity of an issue', () => {
    const issue = sampleIssue({ anomalyIds: ['a1'], severity: 'critical' });

    expect(group({ anomalies: [first], issues: [issue] })[0]?.severity).toBe('critical');
  });

  it('names the changes of the two hours before, nearest first, and keeps them when changes are read no further back', () => {
    const changes = [
      sampleChange({ changeId: 'far', atMs: START_MS - 2 * HOUR_MS }),
      sampleChange({ changeId: 'near', atMs: START_MS - 60_000, service: null }),
      sampleChange({ changeId: 'too-old', atMs: START_MS - 2 * HOUR_MS - 1 }),
      sampleChange({ changeId: 'after', atMs: START_MS + 1 }),
      sampleChange({ changeId: 'elsewhere', atMs: START_MS, service: 'shop' }),
    ];
    const [issue] = group({ anomalies: [first], changes });

    const [later] = group({ anomalies: [first], issues: [issue!], changesFromMs: START_MS });

    expect(issue?.suspectChangeIds).toEqual(['near', 'far']);
    expect(later?.suspectChangeIds).toEqual(['near', 'far']);
  });

  it('begins a second issue when one is full', () => {
    const anomalies = Array.from({ length: 501 }, (_, i) =>
      sampleAnomaly({ anomalyId: `a${1_000 + i}`, startedAtMs: START_MS }),
    );

    expect(group({ anomalies }).map(({ anomalyIds }) => anomalyIds.length)).toEqual([500, 1]);
  });

  it('resolves an issue whose members were all removed', () => {
    expect(group({ issues: [sampleIssue({ anomalyIds: ['gone'] })] })[0]).toMatchObject({ status: 'resolved' });
  });
});

describe('sameIssue', () => {
  it('looks at everything but the time of the update', () => {
    expect(sameIssue(sampleIssue(), sampleIssue({ updatedAtMs: 1 }))).toBe(true);
    expect(sameIssue(sampleIssue(), sampleIssue({ title: 'other' }))).toBe(false);
    expect(sameIssue(undefined, sampleIssue())).toBe(false);
  });
});
