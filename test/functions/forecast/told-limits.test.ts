import { describe, expect, it } from 'vitest';
import { seriesIdOf } from '../../../data/segments/series-id.ts';
import { shardOf } from '../../../data/segments/shard.ts';
import { toldInShards, toldLimits } from '../../../functions/forecast/told-limits.ts';
import type { Limit } from '../../../models/domain/limit.ts';
import { DAY_MS, HOUR_MS, type RollupColumns } from '../../../models/domain/rollup.ts';
import type { Labels } from '../../../models/domain/series.ts';
import { limitOf } from '../../support/hourly-shapes.ts';

const WORKSPACE = 'aaaaaaaaaaaa';
const NOW_MS = 100 * DAY_MS;
const SHARDS = 4;
const labelsOf = (metric: string): Labels => [
  ['__name__', metric],
  ['device', 'sda1'],
];
const CAPACITY_ID = seriesIdOf(WORKSPACE, labelsOf('disk_size_bytes'));
const HOME = shardOf(CAPACITY_ID, SHARDS);

function rowsOf(value: number, atMs = NOW_MS - HOUR_MS): RollupColumns {
  const one = Float64Array.of(value);
  return { startsMs: Float64Array.of(atMs), counts: one, sums: one, mins: one, maxs: one, lasts: one };
}

const told: Limit = {
  ...limitOf(0.9),
  limitId: 'told',
  selector: [{ name: '__name__', value: 'disk_used_bytes' }],
  metric: 'disk_size_bytes',
};
const constant: Limit = { ...told, limitId: 'constant', value: 7 };
const { metric: _, ...plain } = constant;

/** `isKnown`: somebody has sent the series that tells, some day. */
function ask(rows: RollupColumns | undefined, isKnown = true) {
  const asked: number[] = [];
  const stored = new Map(rows === undefined ? [] : [[CAPACITY_ID, rows]]);
  const values = toldInShards(
    {
      shardCount: SHARDS,
      getSeries: async (_workspace, ids) =>
        ids
          .filter((seriesId) => isKnown && seriesId === CAPACITY_ID)
          .map((seriesId) => ({
            seriesId,
            labels: labelsOf('disk_size_bytes'),
            kind: 'gauge',
            shard: HOME,
            firstSampleMs: 0,
          })),
      readHours: async (_workspace, other) => {
        asked.push(other);
        return other === HOME ? stored : new Map();
      },
    },
    { workspace: WORKSPACE, nowMs: NOW_MS },
  );
  const limitsOf = (labels: Labels) => toldLimits(WORKSPACE, [told, plain], labels, values);
  return { limitsOf, asked };
}

const valuesOf = (limits: readonly Limit[]) => limits.map(({ limitId, value }) => [limitId, value]);

describe('limits of a series', () => {
  it('are a share of what the series with the same labels told last; its shard is read once', async () => {
    const { limitsOf, asked } = ask(rowsOf(200));

    expect(valuesOf((await limitsOf(labelsOf('disk_used_bytes'))).limits)).toEqual([
      ['told', 180],
      ['constant', 7],
    ]);
    await limitsOf(labelsOf('disk_used_bytes'));
    expect(asked).toEqual([HOME]);
  });

  it('are untold where nobody has told them for two days, or ever, or as a number', async () => {
    for (const rows of [undefined, rowsOf(200, NOW_MS - 3 * DAY_MS), rowsOf(Number.POSITIVE_INFINITY)]) {
      for (const isKnown of [true, false]) {
        const { limits, untold } = await ask(rows, isKnown).limitsOf(labelsOf('disk_used_bytes'));

        expect(valuesOf(limits)).toEqual([['constant', 7]]);
        const reason = isKnown ? 'limit_series_silent' : 'limit_series_unknown';
        expect(untold).toEqual([{ limitId: 'told', metric: 'disk_size_bytes', reason }]);
      }
    }
  });

  it('are none where no selector matches', async () => {
    expect(await ask(rowsOf(200)).limitsOf(labelsOf('other'))).toEqual({ limits: [], untold: [] });
  });
});
