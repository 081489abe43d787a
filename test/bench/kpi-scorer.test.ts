import { describe, expect, test } from 'vitest';
import { type KpiSeries, scoreKpi, segmentsOf, sweepKpi } from '../../bench/kpi-scorer.ts';

/** A row for each letter: `.` normal, `#` labelled, upper case flagged at 2: `X` outside, `A` labelled. */
function series(picture: string, weeks = 1): KpiSeries {
  return {
    labels: Uint8Array.from(picture, (row) => (row === '#' || row === 'A' ? 1 : 0)),
    scores: Float64Array.from(picture, (row) => (row === 'X' || row === 'A' ? 2 : 0)),
    weeks,
  };
}

describe('the KPI scorer', () => {
  test('gives a detector that never fires 0 and one that flags the first row of every segment 1', () => {
    expect(scoreKpi([series('..###...##.')], 1)).toMatchObject({ f1: 0, segmentsFound: 0, alertsPerSeriesWeek: 0 });
    expect(scoreKpi([series('..A##...A#.')], 1)).toMatchObject({ f1: 1, precision: 1, recall: 1, segmentsFound: 1 });
  });

  test('finds a segment that is flagged seven rows after its start, and none that is flagged eight rows after', () => {
    expect(scoreKpi([series('.#######A##')], 1)).toMatchObject({ recall: 1, segmentsFound: 1 });
    expect(scoreKpi([series('.########A#')], 1)).toMatchObject({ recall: 0, segmentsFound: 0 });
  });

  // Segments of 3, 2 and 9 rows: the first and the last are found, 12 of 14 rows. Two rows flagged outside.
  // F1 = 2·12 / (12 + 2 + 14). Alerts: XX, A, A; over two weeks.
  test('agrees with a series computed by hand', () => {
    const result = scoreKpi([series('.XX..#A#..##.A########.', 2)], 1);

    expect(result.f1).toBeCloseTo(24 / 28, 12);
    expect(result.precision).toBeCloseTo(12 / 14, 12);
    expect(result.recall).toBeCloseTo(12 / 14, 12);
    expect(result.segmentsFound).toBeCloseTo(2 / 3, 12);
    expect(result.alertsPerSeriesWeek).toBe(1.5);
    expect(result.outsidePerSeriesWeek).toBe(0.5);
  });

  test('takes a run that reaches into a segment for one alert, and for none outside', () => {
    expect(scoreKpi([series('.XXA#X.X')], 1)).toMatchObject({ alertsPerSeriesWeek: 3, outsidePerSeriesWeek: 2 });
    expect(scoreKpi([series('.XXAAX..')], 1)).toMatchObject({ alertsPerSeriesWeek: 1, outsidePerSeriesWeek: 0 });
  });

  test('sweeps one threshold over all series together', () => {
    const high = { labels: Uint8Array.of(0, 1, 0), scores: Float64Array.of(1, 5, 1), weeks: 1 };
    const low = { labels: Uint8Array.of(0, 1, 0), scores: Float64Array.of(2, 3, 1), weeks: 1 };

    expect(sweepKpi([high, low])).toMatchObject({ threshold: 3, f1: 1 });
    expect(scoreKpi([high, low], 5).f1).toBeCloseTo(2 / 3, 12);
  });

  test('reads segments at both ends', () => {
    expect(segmentsOf(Uint8Array.of(1, 1, 0, 1))).toEqual([
      { first: 0, last: 1 },
      { first: 3, last: 3 },
    ]);
    expect(segmentsOf(new Uint8Array(3))).toEqual([]);
  });
});
