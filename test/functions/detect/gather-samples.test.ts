import { describe, expect, it } from 'vitest';
import { gatherSamples, type IndexedSamples } from '../../../functions/detect/gather-samples.ts';

/** One part: for each of its series the index, then its samples as time and value; a value of NaN is a stale marker. */
function part(...series: readonly [index: number, ...samples: [number, number][]][]): IndexedSamples {
  const runs = series.map(([, ...samples]) => samples);
  const rows = runs.flat();
  const starts = [0];
  for (const run of runs) starts.push(starts.at(-1)! + run.length);
  return {
    indexes: Uint32Array.from(series, ([index]) => index),
    sampleStarts: Uint32Array.from(starts),
    timestampsMs: Float64Array.from(rows, ([timestampMs]) => timestampMs),
    values: Float64Array.from(rows, ([, value]) => value),
    stale: Uint8Array.from(rows, ([, value]) => (Number.isNaN(value) ? 1 : 0)),
  };
}

describe('samples of several parts', () => {
  it('are put together by series, each in the order in which its samples came, also where times go back', () => {
    const first = part([2, [30, 1], [40, 2]], [0, [30, 3]]);
    const second = part([0, [20, 4]], [3, [20, 5]], [2, [50, Number.NaN]]);

    const { starts, timestampsMs, values, stale } = gatherSamples([first, second], 5);

    expect([...starts]).toEqual([0, 2, 2, 5, 6, 6]);
    expect([...timestampsMs]).toEqual([30, 20, 30, 40, 50, 20]);
    expect([...values]).toEqual([3, 4, 1, 2, Number.NaN, 5]);
    expect([...stale]).toEqual([0, 0, 0, 0, 1, 0]);
  });

  it('that do not exist leave every series empty', () => {
    const { starts, values } = gatherSamples([], 3);

    expect([...starts]).toEqual([0, 0, 0, 0]);
    expect(values).toHaveLength(0);
  });
});
