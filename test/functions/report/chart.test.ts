import { expect, test } from 'vitest';
import { renderChart } from '../../../functions/report/chart.ts';
import { createRenderPng } from '../../../functions/report/chart-png.ts';
import type { DigestChart } from '../../../functions/report/digest.ts';
import { digestChart } from '../../../functions/report/digest-chart.ts';
import { DAY_MS, HOUR_MS } from '../../../models/domain/rollup.ts';
import { CHART_FILES } from '../../support/report-room.ts';
import { NOW_MS, sampleForecast, sampleHours } from '../../support/report-samples.ts';
import { DISK } from '../../support/report-workspace.ts';

function chartOf(given: Partial<DigestChart> = {}): DigestChart {
  const { series, limit, now } = DISK;
  const row = {
    seriesId: series.seriesId,
    labels: series.labels,
    title: limit.title,
    bound: limit.bound,
    limitValue: limit.value,
    unit: limit.unit,
    currentValue: now,
    p10Ms: NOW_MS + 5 * DAY_MS,
    p50Ms: NOW_MS + 7 * DAY_MS,
    p90Ms: NOW_MS + 9 * DAY_MS,
  };
  return {
    ...digestChart(row, sampleHours(DISK, NOW_MS - 28 * DAY_MS, NOW_MS), sampleForecast(DISK), NOW_MS),
    ...given,
  };
}

test('draws past, band, middle, limit and crossing within the picture', () => {
  const svg = renderChart(chartOf(), NOW_MS, 'UTC');

  expect(svg).toContain('limit 480 GiB');
  expect(svg).toContain('>now</text>');
  expect(svg.match(/stroke-dasharray="5 3"/g)).toHaveLength(1);
  expect(svg).toContain('<circle');
  expect(svg).not.toMatch(/NaN|Infinity|undefined/);
});

test('puts round values of the shown unit on the axis', () => {
  const svg = renderChart(chartOf(), NOW_MS, 'UTC');

  expect([...svg.matchAll(/text-anchor="end">([^<]+)</g)].map(([, text]) => text)).toEqual([
    '200 GiB',
    '300 GiB',
    '400 GiB',
    '500 GiB',
  ]);
});

test('writes dates of the zone under the axis', () => {
  const svg = renderChart(chartOf(), NOW_MS, 'Asia/Tokyo');

  expect([...svg.matchAll(/text-anchor="middle">(\d[^<]+)</g)].map(([, text]) => text)).toEqual([
    '2 Nov',
    '9 Nov',
    '16 Nov',
    '23 Nov',
    '30 Nov',
  ]);
});

test('breaks the line where values are missing', () => {
  const chart = chartOf();
  const values = chart.past.values.map((value, i) => (i > 100 && i < 130 ? Number.NaN : value));

  const [, line] = /<path d="([^"]+)" fill="none" stroke="#1f4e79" stroke-width="1.6"/.exec(
    renderChart({ ...chart, past: { ...chart.past, values } }, NOW_MS, 'UTC'),
  ) ?? ['', ''];

  expect(line?.match(/M/g)).toHaveLength(2);
});

test.each([
  ['no past', { past: { timesMs: [], values: [] } }],
  ['no future', { future: { timesMs: [], p10: [], p50: [], p90: [] } }],
  ['no crossing', { crossing: { p10Ms: null, p50Ms: null, p90Ms: null } }],
  [
    'one flat value on its limit',
    {
      past: { timesMs: [NOW_MS - HOUR_MS], values: [0] },
      limitValue: 0,
      future: { timesMs: [], p10: [], p50: [], p90: [] },
    },
  ],
  ['a ratio', { unit: 'ratio', limitValue: 0.9 }],
])('draws %s without a broken number', (_name, given) => {
  expect(renderChart(chartOf(given), NOW_MS, 'UTC')).not.toMatch(/NaN|Infinity|undefined/);
});

test('becomes a PNG of twice its size, with its text drawn', async () => {
  const renderPng = createRenderPng(CHART_FILES);
  const svg = renderChart(chartOf(), NOW_MS, 'UTC');

  const png = Buffer.from(await renderPng(svg));
  const without = await renderPng(svg.replace(/<text[^>]*>[^<]*<\/text>/g, ''));

  expect(png.subarray(1, 4).toString()).toBe('PNG');
  expect([png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual([1_200, 580]);
  expect(png.length).toBeGreaterThan(without.length + 2_000);
  expect(png.length).toBeLessThan(100_000);
});

test('draws the same bytes with a second renderer of the process', async () => {
  const svg = renderChart(chartOf(), NOW_MS, 'UTC');

  const [first, second] = [await createRenderPng(CHART_FILES)(svg), await createRenderPng(CHART_FILES)(svg)];

  expect(Buffer.compare(first, second)).toBe(0);
});
