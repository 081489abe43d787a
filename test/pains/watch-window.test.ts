import { describe, expect, test } from 'vitest';
import type { Change } from '../../models/domain/change.ts';
import { DAY_MS } from '../../models/domain/rollup.ts';
import { createRandom } from '../../models/numeric/random.ts';
import { MONDAY_MS, type TimedValue } from '../support/generated-series.ts';
import { openPainStreet, policyFor, type Said } from '../support/pain-street.ts';

const DEPLOY_MS = MONDAY_MS + 10 * DAY_MS;
const MINUTE_MS = 60_000;

function deploy(replaced: Partial<Change> = {}): Change {
  const rest = { kind: 'deploy', summary: 'shop 2', source: 'ci', service: 'shop', details: {}, links: [] } as const;
  return { changeId: 'deploy', atMs: DEPLOY_MS, ...rest, ...replaced };
}

/** Ten days of noise with a spread of one, then a rise for ten minutes, so long after the deploy. */
function riseAfter(minutes: number, rise: number, said: Said) {
  const random = createRandom(8);
  const points = Array.from({ length: 11 * 1_440 }, (_, i): TimedValue => {
    const timestampMs = MONDAY_MS + i * MINUTE_MS;
    const sinceMs = timestampMs - DEPLOY_MS - minutes * MINUTE_MS;
    return { timestampMs, value: 100 + random.normal() + (sinceMs >= 0 && sinceMs < 10 * MINUTE_MS ? rise : 0) };
  });
  const street = openPainStreet('UTC', said);
  street.feed(points);
  return street.alerts().map(({ changeIds = [] }) => changeIds.join(' '));
}

const CLEAR = 12;
const SLIGHT = 1.5;
const STRICT = [{ kinds: ['deploy' as const], durationMs: 30 * MINUTE_MS, threshold: 0.4 }];
const QUIET = [{ kinds: [], durationMs: 30 * MINUTE_MS, threshold: 40 }];

describe('after a deploy', () => {
  test.each([
    ['a clear rise within the hour carries it', 10, CLEAR, {}, ['deploy']],
    ['one after the hour does not', 70, CLEAR, {}, ['']],
    ['one before it does not', -20, CLEAR, {}, ['']],
    ['a slight rise is nothing', 10, SLIGHT, {}, []],
    [
      'it is something where people look closely',
      10,
      SLIGHT,
      { policies: [policyFor({ watches: STRICT })] },
      ['deploy'],
    ],
    ['but not after the window', 40, SLIGHT, { policies: [policyFor({ watches: STRICT })] }, []],
    ['a clear rise is nothing where deploys are noisy', 10, CLEAR, { policies: [policyFor({ watches: QUIET })] }, []],
    ['but it is after the window', 40, CLEAR, { policies: [policyFor({ watches: QUIET })] }, ['']],
  ] as const)('%s', (_what, minutes, rise, said, expected) => {
    expect(riseAfter(minutes, rise, { changes: [deploy()], ...said })).toEqual(expected);
  });

  test('of another service nothing is noted', () => {
    expect(riseAfter(10, CLEAR, { changes: [deploy({ service: 'search' })] })).toEqual(['']);
  });

  test('all changes are carried, the latest first', () => {
    const config = deploy({ changeId: 'config', kind: 'config', service: null, atMs: DEPLOY_MS + 5 * MINUTE_MS });

    expect(riseAfter(10, CLEAR, { changes: [deploy(), config] })).toEqual(['config deploy']);
  });
});
