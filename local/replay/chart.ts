import { type Html, html } from '../../functions/report/html.ts';
import type { ReplayedAnomaly } from '../../models/detect/replay.ts';
import type { Forecast } from '../../models/domain/forecast.ts';
import { formatNumber } from '../../models/domain/quantity.ts';
import { type Bins, binsOf } from './chart-bins.ts';
import { createScales, frameOf, type Scales, timeTicks, valueTicks, windowBetween } from './chart-scales.ts';
import type { SeriesReplay } from './replay-series.ts';
import { anomalyWords } from './words.ts';

const OVERVIEW = frameOf(1_000, 260);
const DETAIL = frameOf(480, 190);
/** Of the future so much is shown as a share of the past. */
const FUTURE_SHARE = 0.25;
/** So many usual steps without a sample break the line. */
const GAP_STEPS = 5;
/** A closer look shows at least so many steps before and after. */
const AROUND_STEPS = 48;
const AROUND_DURATIONS = 2;

/** All of a series with its band, the stretch before it was judged, its anomalies and what is forecast. */
export function overviewChart(replay: SeriesReplay, limits: readonly number[], timeZone: string): Html {
  const { judged, firstMs, lastMs, anomalies, trainedSinceMs } = replay;
  const future = futureOf(replay.forecast, lastMs + FUTURE_SHARE * (lastMs - firstMs));
  const times = { fromMs: firstMs, toMs: Math.max(lastMs, future.at(-1)?.timestampMs ?? lastMs) };
  const others = [...future.map(({ p50 }) => p50), ...limits];
  const scales = createScales(OVERVIEW, judged, { start: 0, end: judged.values.length }, times, others);
  const learned = trainedSinceMs ?? lastMs;
  const inside = html`<rect class="learning" x="${scales.left}" y="${scales.top}" width="${at(scales.x(learned) - scales.left)}" height="${scales.bottom - scales.top}"><title>learning, not judged yet</title></rect>
${pathsOf(replay, scales)}
<path class="future-band" d="${futureBand(future, scales)}"/>
<path class="future" d="${line(future.map(({ timestampMs, p50 }) => [scales.x(timestampMs), scales.y(p50)]))}"/>
${limits.map((limit) => html`<path class="limit" d="M${scales.left} ${at(scales.y(limit))}H${scales.right}"/>`)}
${anomalies.map((anomaly) => mark(anomaly, scales))}`;
  return chart(scales, inside, timeZone, { times: 9, values: 5 });
}

/** The samples around one anomaly, close enough to see what happened and far enough to see what is usual. */
export function detailChart(replay: SeriesReplay, anomaly: ReplayedAnomaly, timeZone: string): Html {
  const { judged, firstMs, lastMs, cadenceMs } = replay;
  const endMs = anomaly.endedAtMs ?? anomaly.lastAtMs;
  const aroundMs = Math.max(AROUND_STEPS * (cadenceMs || 0), AROUND_DURATIONS * (endMs - anomaly.startedAtMs));
  const fromMs = Math.max(firstMs, anomaly.startedAtMs - aroundMs);
  const toMs = Math.min(lastMs, endMs + aroundMs);
  const scales = createScales(DETAIL, judged, windowBetween(judged, fromMs, toMs), { fromMs, toMs });
  const [left, right] = [scales.x(anomaly.startedAtMs), scales.x(endMs)];
  const inside = html`<rect class="span" x="${at(left)}" y="${scales.top}" width="${at(Math.max(2, right - left))}" height="${scales.bottom - scales.top}"/>
${pathsOf(replay, scales)}
${mark(anomaly, scales)}`;
  return chart(scales, inside, timeZone, { times: 4, values: 4 });
}

function chart(
  scales: Scales,
  inside: Html,
  timeZone: string,
  ticks: { readonly times: number; readonly values: number },
): Html {
  const { width, height, left, right, top, bottom } = scales;
  const values = valueTicks(scales, ticks.values).map((value) => {
    const y = at(scales.y(value));
    return html`<path class="grid" d="M${left} ${y}H${right}"/><text x="${left - 6}" y="${y}" dy="4" text-anchor="end">${formatNumber(value)}</text>`;
  });
  const times = timeTicks(scales, ticks.times, timeZone)
    .filter(({ timestampMs }) => scales.x(timestampMs) < right - 14)
    .map(({ timestampMs, text }) => {
      const x = at(scales.x(timestampMs));
      return html`<path class="tick" d="M${x} ${bottom}v4"/><text x="${x}" y="${bottom + 17}" text-anchor="middle">${text}</text>`;
    });
  // A nested svg cuts off what lies outside of the plot, and needs no name as a clip path would.
  return html`<svg class="chart" viewBox="0 0 ${width} ${height}" role="img">
${values}${times}
<svg x="${left}" y="${top}" width="${right - left}" height="${bottom - top}" viewBox="${left} ${top} ${right - left} ${bottom - top}">
${inside}
</svg>
</svg>`;
}

function pathsOf({ judged, cadenceMs }: SeriesReplay, scales: Scales): Html {
  const bins = binsOf(
    judged,
    windowBetween(judged, scales.fromMs, scales.toMs),
    Math.round(scales.right - scales.left),
  );
  const gapMs = Math.max(
    GAP_STEPS * (cadenceMs || 0),
    (2 * (scales.toMs - scales.fromMs)) / (scales.right - scales.left),
  );
  return html`<path class="band" d="${bandPath(bins, scales)}"/>
<path class="expected" d="${line(bins.filter(({ expected }) => Number.isFinite(expected)).map(({ timestampMs, expected }) => [scales.x(timestampMs), scales.y(expected)]))}"/>
<path class="value" d="${valuePath(bins, scales, gapMs)}"/>`;
}

function valuePath(bins: Bins, { x, y }: Scales, gapMs: number): string {
  let path = '';
  let previousMs = Number.NEGATIVE_INFINITY;
  for (const { timestampMs, first, min, max, last } of bins) {
    const place = at(x(timestampMs));
    const begin = timestampMs - previousMs > gapMs ? `M${place} ${at(y(first))}` : `L${place} ${at(y(first))}`;
    path += min === max ? begin : `${begin}V${at(y(min))}V${at(y(max))}V${at(y(last))}`;
    // A sample between two gaps would not be seen: a line of no length has round ends.
    if (begin.startsWith('M')) path += 'h0';
    previousMs = timestampMs;
  }
  return path;
}

function bandPath(bins: Bins, { x, y }: Scales): string {
  const judged = bins.filter(({ lower, upper }) => Number.isFinite(lower) && Number.isFinite(upper));
  const above = judged.map(({ timestampMs, upper }) => [x(timestampMs), y(upper)] as const);
  const below = judged.map(({ timestampMs, lower }) => [x(timestampMs), y(lower)] as const);
  return above.length === 0 ? '' : `${line([...above, ...below.reverse()])}Z`;
}

interface FuturePoint {
  readonly timestampMs: number;
  readonly p10: number;
  readonly p50: number;
  readonly p90: number;
}

function futureOf(forecast: Forecast | null, untilMs: number): FuturePoint[] {
  if (!forecast?.hourly || !forecast.daily) return [];
  // The first two days are those of the hours.
  const paths = [
    { path: forecast.hourly, from: 0 },
    { path: forecast.daily, from: 2 },
  ];
  return paths.flatMap(({ path: { startMs, stepMs, p10, p50, p90 }, from }) =>
    p50
      .map((middle, i) => ({ timestampMs: startMs + (i + 0.5) * stepMs, p10: p10[i]!, p50: middle, p90: p90[i]! }))
      .filter(({ timestampMs }, i) => i >= from && timestampMs <= untilMs),
  );
}

function futureBand(future: readonly FuturePoint[], { x, y }: Scales): string {
  if (future.length === 0) return '';
  const above = future.map(({ timestampMs, p90 }) => [x(timestampMs), y(p90)] as const);
  const below = future.map(({ timestampMs, p10 }) => [x(timestampMs), y(p10)] as const);
  return `${line([...above, ...below.reverse()])}Z`;
}

function mark(anomaly: ReplayedAnomaly, { x, y }: Scales): Html {
  return html`<circle class="mark" cx="${at(x(anomaly.peakAtMs))}" cy="${at(y(anomaly.actual))}" r="4.5"><title>${anomalyWords(anomaly)}</title></circle>`;
}

function line(points: readonly (readonly [x: number, y: number])[]): string {
  return points.length === 0 ? '' : `M${points.map(([x, y]) => `${at(x)} ${at(y)}`).join('L')}`;
}

function at(place: number): string {
  return (Math.round(place * 10) / 10).toString();
}
