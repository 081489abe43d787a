import { byteScale, formatNumber, formatQuantity } from '../../models/domain/quantity.ts';
import type { DigestChart } from './digest.ts';
import { type Html, html } from './html.ts';
import { midnightsBetween } from './zoned-time.ts';

const WIDTH = 600;
const HEIGHT = 290;
const PLOT = { left: 76, right: 588, top: 26, bottom: 252 };
const GAP_MS = 3 * 3_600_000;
const DAY_MS = 86_400_000;
const COLOURS = {
  ink: '#334e68',
  grid: '#e4e7eb',
  past: '#1f4e79',
  band: '#9fc5e8',
  middle: '#1f4e79',
  limit: '#b42318',
};

interface Scales {
  readonly x: (timeMs: number) => number;
  readonly y: (value: number) => number;
  readonly fromMs: number;
  readonly toMs: number;
  readonly low: number;
  readonly high: number;
}

/** Past values, the forecast's band and middle, and the limit, on a light ground that reads in light and dark mail. */
export function renderChart(chart: DigestChart, nowMs: number, timeZone: string): string {
  const scales = createScales(chart, nowMs);
  const { left, right, top, bottom } = PLOT;
  return html`<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${HEIGHT}" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="DejaVu Sans" font-size="14" fill="${COLOURS.ink}">
<rect width="${WIDTH}" height="${HEIGHT}" fill="#fbfcfd"/>
<clipPath id="plot"><rect x="${left}" y="${top}" width="${right - left}" height="${bottom - top}"/></clipPath>
${valueAxis(chart, scales)}
${dateAxis(scales, timeZone)}
<g clip-path="url(#plot)">
<path d="${bandPath(chart, scales)}" fill="${COLOURS.band}" fill-opacity="0.6"/>
<path d="${linePath(chart.past.timesMs, chart.past.values, scales)}" fill="none" stroke="${COLOURS.past}" stroke-width="1.6" stroke-linejoin="round"/>
<path d="${linePath(chart.future.timesMs, chart.future.p50, scales, DAY_MS * 2)}" fill="none" stroke="${COLOURS.middle}" stroke-width="1.8" stroke-dasharray="5 3"/>
</g>
${limitLine(chart, scales)}
${nowLine(nowMs, scales)}
${crossingMark(chart, scales)}
</svg>`.toString();
}

function createScales(chart: DigestChart, nowMs: number): Scales {
  const { past, future, limitValue } = chart;
  const fromMs = past.timesMs[0] ?? nowMs - DAY_MS;
  const toMs = Math.max(future.timesMs.at(-1) ?? nowMs, nowMs + DAY_MS);
  const seen = [...past.values.filter(Number.isFinite), ...future.p50, limitValue];
  const [least, most] = [Math.min(...seen), Math.max(...seen)];
  const span = most - least || Math.abs(most) || 1;
  // A wide band would flatten the rest, so the plot ends a little beyond the middle and the limit, and clips the band.
  const low = least >= 0 && least - span * 0.1 < 0 ? 0 : least - span * 0.1;
  const high = most + span * 0.12;
  const { left, right, top, bottom } = PLOT;
  return {
    fromMs,
    toMs,
    low,
    high,
    x: (timeMs) => left + ((timeMs - fromMs) / (toMs - fromMs)) * (right - left),
    y: (value) => bottom - ((value - low) / (high - low)) * (bottom - top),
  };
}

/** Ticks at 1, 2 or 5 times a power of ten of the unit that is shown. */
function valueAxis({ unit }: DigestChart, { low, high, y }: Scales): Html[] {
  const scale = axisScale(unit, high);
  const rough = (high - low) / scale.size / 5;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = ([1, 2, 5].find((factor) => factor * power >= rough) ?? 10) * power * scale.size;
  const ticks: Html[] = [];
  for (let i = Math.ceil(low / step); i * step <= high; i++) {
    const at = point(y(i * step));
    ticks.push(html`<path d="M${PLOT.left} ${at}H${PLOT.right}" stroke="${COLOURS.grid}"/>
<text x="${PLOT.left - 6}" y="${at}" dy="5" text-anchor="end">${formatNumber((i * step) / scale.size)}${scale.suffix}</text>
`);
  }
  return ticks;
}

function axisScale(unit: string, high: number): { readonly size: number; readonly suffix: string } {
  if (/^(b|bytes?)$/i.test(unit)) {
    const { unit: name, size } = byteScale(high);
    return { size, suffix: ` ${name}` };
  }
  if (unit === 'ratio') return { size: 0.01, suffix: ' %' };
  return { size: 1, suffix: unit === '' || unit.length > 4 ? '' : ` ${unit === 'percent' ? '%' : unit}` };
}

function dateAxis({ x, fromMs, toMs }: Scales, timeZone: string): Html[] {
  const days = (toMs - fromMs) / DAY_MS;
  const stepDays = [1, 2, 7, 14, 28].find((step) => days / step <= 7) ?? 28;
  const format = new Intl.DateTimeFormat('en-GB', { timeZone, day: 'numeric', month: 'short' });
  return midnightsBetween(fromMs, toMs, stepDays, timeZone)
    .filter((midnightMs) => x(midnightMs) < PLOT.right - 20)
    .map((midnightMs) => {
      const at = point(x(midnightMs));
      return html`<path d="M${at} ${PLOT.bottom}v4" stroke="${COLOURS.ink}"/>
<text x="${at}" y="${PLOT.bottom + 21}" text-anchor="middle">${format.format(midnightMs)}</text>
`;
    });
}

function limitLine({ limitValue, unit, bound }: DigestChart, { y, x, fromMs }: Scales): Html {
  const at = point(y(limitValue));
  const above = bound === 'max' ? -7 : 18;
  return html`<path d="M${PLOT.left} ${at}H${PLOT.right}" stroke="${COLOURS.limit}" stroke-width="1.5" stroke-dasharray="2 2"/>
<text x="${point(x(fromMs) + 4)}" y="${at}" dy="${above}" fill="${COLOURS.limit}" stroke="#fbfcfd" stroke-width="4" paint-order="stroke">limit ${formatQuantity(limitValue, unit)}</text>`;
}

function nowLine(nowMs: number, { x }: Scales): Html {
  const at = point(x(nowMs));
  return html`<path d="M${at} ${PLOT.top}V${PLOT.bottom}" stroke="${COLOURS.ink}" stroke-opacity="0.5"/>
<text x="${at}" y="${PLOT.top - 8}" text-anchor="middle">now</text>`;
}

/** A dot where the middle reaches the limit, and a bar along the limit from p10 to p90. */
function crossingMark({ crossing, limitValue }: DigestChart, { x, y, toMs }: Scales): Html | null {
  const { p10Ms, p50Ms, p90Ms } = crossing;
  if (p50Ms === null || p50Ms > toMs) return null;
  const at = point(y(limitValue));
  const bar =
    p10Ms === null
      ? null
      : html`<path d="M${point(x(p10Ms))} ${at}H${point(x(Math.min(p90Ms ?? toMs, toMs)))}" stroke="${COLOURS.limit}" stroke-width="5" stroke-opacity="0.45"/>`;
  return html`${bar}<circle cx="${point(x(p50Ms))}" cy="${at}" r="4.5" fill="#ffffff" stroke="${COLOURS.limit}" stroke-width="2"/>`;
}

/** A line that breaks where values are missing for longer than the gap. */
function linePath(timesMs: readonly number[], values: readonly number[], scales: Scales, gapMs = GAP_MS): string {
  let path = '';
  let previousMs = Number.NEGATIVE_INFINITY;
  for (const [i, timeMs] of timesMs.entries()) {
    const value = values[i];
    if (value === undefined || !Number.isFinite(value)) continue;
    path += `${timeMs - previousMs > gapMs ? 'M' : 'L'}${point(scales.x(timeMs))} ${point(scales.y(value))}`;
    previousMs = timeMs;
  }
  return path;
}

function bandPath({ future: { timesMs, p10, p90 } }: DigestChart, { x, y, low }: Scales): string {
  const upper = timesMs.map((timeMs, i) => `${point(x(timeMs))} ${point(y(p90[i] ?? low))}`);
  const lower = timesMs.map((timeMs, i) => `${point(x(timeMs))} ${point(y(p10[i] ?? low))}`);
  return upper.length === 0 ? '' : `M${[...upper, ...lower.reverse()].join('L')}Z`;
}

function point(value: number): string {
  return (Math.round(value * 10) / 10).toString();
}
