import { describe, expect, test } from 'vitest';
import { changesAt, PLAIN_POLICY, type Policy } from '../../../models/detect/policy.ts';
import { createPolicyBook, type PolicyRules } from '../../../models/detect/policy-book.ts';
import type { Change } from '../../../models/domain/change.ts';
import type { DetectionPolicy } from '../../../models/domain/detection-policy.ts';
import type { Feedback } from '../../../models/domain/feedback.ts';
import { HOUR_MS } from '../../../models/domain/rollup.ts';
import { type Labels, labelValue } from '../../../models/domain/series.ts';

const CPU: Labels = [
  ['__name__', 'cpu'],
  ['env', 'prod'],
  ['service', 'api'],
];
const NOTHING: PolicyRules = { policies: [], calendars: [], baselines: [], feedback: [], changes: [] };
const NOON_MS = Date.UTC(2025, 0, 6, 12);

function policy(policyId: string, selector: Readonly<Record<string, string>>, said: Partial<DetectionPolicy> = {}) {
  const nothing = { direction: null, minImpact: null, minImpactRelative: null, threshold: null, watches: null };
  const matchers = Object.entries(selector).map(([name, value]) => ({ name, value }));
  return { policyId, title: '', selector: matchers, ...nothing, updatedAtMs: 0, ...said };
}

function change(changeId: string, replaced: Partial<Change> = {}): Change {
  const rest = { summary: '', source: '', service: 'api', atMs: NOON_MS, details: {}, links: [] };
  return { changeId, kind: 'deploy', ...rest, ...replaced };
}

function resolve(rules: Partial<PolicyRules>, labels = CPU, seriesId = 'cpu'): Policy {
  return createPolicyBook(
    { ...NOTHING, ...rules },
    { serviceOf: (all) => labelValue(all, 'service') ?? '', utcOffset: () => 0 },
  ).resolve(seriesId, labels);
}

describe('a policy book', () => {
  test('has the plain policy for series of which nobody has said anything', () => {
    const rules = { policies: [policy('p', { service: 'web' }, { threshold: 2 })] };

    expect(resolve(rules)).toBe(PLAIN_POLICY);
    expect(resolve({ changes: [change('c', { service: 'web' })] })).toBe(PLAIN_POLICY);
  });

  test('takes each word from the most specific policy that says it', () => {
    const policies = [
      policy('all', {}, { direction: 'above', threshold: 2, minImpact: 5 }),
      policy('prod', { env: 'prod' }, { threshold: 3 }),
      policy('api', { env: 'prod', service: 'api' }, { direction: 'both' }),
    ];
    const { direction, threshold, minImpact } = resolve({ policies });

    expect({ direction, threshold, minImpact }).toEqual({ direction: 'both', threshold: 3, minImpact: 5 });
  });

  test('lets people replace the usual least impact, also by none', () => {
    expect(resolve({ policies: [policy('p', {}, { threshold: 2 })] }).minImpactStill).toBe(0.01);
    expect(resolve({ policies: [policy('p', {}, { minImpact: 0 })] }).minImpactStill).toBe(0);
  });

  test('gives series of which the same was said the same object', () => {
    const rules = { ...NOTHING, policies: [policy('p', { env: 'prod' }, { threshold: 2 })] };
    const book = createPolicyBook(rules, { serviceOf: () => '', utcOffset: () => 0 });

    expect(book.resolve('a', CPU)).toBe(book.resolve('b', CPU));
  });

  test('watches the changes of the service, and those of no service, for an hour', () => {
    const changes = [
      change('own'),
      change('none', { service: null, atMs: NOON_MS + 1 }),
      change('web', { service: 'web' }),
    ];
    const watched = resolve({ changes });

    expect(changesAt(watched, NOON_MS + HOUR_MS - 1)).toEqual(['none', 'own']);
    expect(changesAt(watched, NOON_MS - 1)).toEqual([]);
    expect(changesAt(watched, NOON_MS + HOUR_MS + 1)).toEqual([]);
  });

  test('watches by the first rule for the kind of change, and not at all where no rule covers it', () => {
    const watches = [
      { kinds: ['deploy' as const], durationMs: 5, threshold: 0.5 },
      { kinds: ['deploy' as const, 'flag' as const], durationMs: 9, threshold: 2 },
    ];
    const found = resolve({
      policies: [policy('p', {}, { watches })],
      changes: [change('d'), change('f', { kind: 'flag' }), change('c', { kind: 'config' })],
    }).watches;

    expect(found).toEqual([
      { changeId: 'd', fromMs: NOON_MS, toMs: NOON_MS + 5, threshold: 0.5 },
      { changeId: 'f', fromMs: NOON_MS, toMs: NOON_MS + 9, threshold: 2 },
    ]);
  });

  test('mutes shapes for their series only, and only those that were not useful', () => {
    const shape = { type: 'spike', side: 'above', deviation: 1, durationMs: 0, startedAtMs: 0 } as const;
    const said = (feedbackId: string, verdict: Feedback['verdict'], seriesId = 'cpu'): Feedback => {
      const rest = { anomalyId: '', note: '', when: 'always', shape, createdAtMs: 0 } as const;
      return { feedbackId, seriesId, verdict, ...rest };
    };
    const feedback = [said('no', 'not_useful'), said('yes', 'useful'), said('other', 'not_useful', 'disk')];

    expect(resolve({ feedback }).mutedShapes.map(({ feedbackId }) => feedbackId)).toEqual(['no']);
  });

  test('accepts new normals by series and by selector, in the order of time', () => {
    const rest = { note: '', createdAtMs: 0 };
    const found = resolve({
      baselines: [
        { baselineId: 'late', seriesId: 'cpu', selector: [], fromMs: 9, ...rest },
        { baselineId: 'early', seriesId: null, selector: [{ name: 'env', value: 'prod' }], fromMs: 3, ...rest },
        { baselineId: 'other', seriesId: 'disk', selector: [], fromMs: 1, ...rest },
      ],
    }).acceptedNormals;

    expect(found.map(({ baselineId }) => baselineId)).toEqual(['early', 'late']);
  });

  test('shares the calendars of a series as one timeline', () => {
    const span = (calendarId: string, startMs: number) => ({
      calendarId,
      title: '',
      startMs,
      endMs: startMs + 10,
      muteAlerts: true,
      excludeFromTraining: false,
      shiftMs: 0,
    });
    const calendars = [
      { calendarId: 'a', selector: [], spans: [span('a', 0)] },
      { calendarId: 'b', selector: [{ name: 'env', value: 'prod' }], spans: [span('b', 20)] },
      { calendarId: 'c', selector: [{ name: 'env', value: 'test' }], spans: [span('c', 40)] },
    ];

    expect([...resolve({ calendars }).timeline!.boundariesMs]).toEqual([0, 10, 20, 30]);
  });
});
