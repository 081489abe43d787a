import { DAY_MS, HOUR_MS } from '../../models/domain/rollup.ts';
import { forecastSeries } from '../../models/forecast/forecast-series.ts';
import type { Abstention } from '../../models/forecast/outcome.ts';
import { dateAxis, timeScales, valueAxis } from './axes.ts';
import { hourAt, jumped, NOW_MS, type Past, wandering } from './scenes.ts';
import { line, type Markup, picture, rectangle, words } from './svg.ts';

const SIZE = { width: 760, height: 408 };
const PANEL_WIDTH = 368;
const PLOT = { left: 46, right: 356, top: 84, bottom: 262 };
const PAST_DAYS = 28;
const AHEAD_DAYS = 12;
const PAST_STEP_HOURS = 3;
const LINES_ACROSS = 5;
const LINE_CHARACTERS = 52;
const LINE_HEIGHT = 18;

const PASTS: readonly Past[] = [wandering(), jumped()];

/** Two series that get a reason in place of a date, in the words of the service. */
export function abstentionPicture(): Markup {
  const panels = PASTS.map((past) => ({ past, abstention: abstentionOf(past) }));
  const description = panels.map(({ abstention: { reason, detail } }) => `${reason}: ${detail}`).join(' ');
  return picture(SIZE, `Where there is no date. ${description}`, [
    words({ x: 16, y: 28 }, 'Where there is no date', 'title'),
    words({ x: 16, y: 49 }, 'No range is told, and no probability, but the reason and what would change it.', 'soft'),
    ...panels.flatMap(({ past, abstention }, i) => panelParts(past, abstention, 12 + i * PANEL_WIDTH)),
  ]);
}

function abstentionOf(past: Past): Abstention {
  const outcome = forecastSeries({ startMs: hourAt(0), stepMs: HOUR_MS, ...past, nowMs: NOW_MS });
  if (outcome.kind === 'forecast') throw new Error('a series that shall show an abstention has a forecast');
  return outcome;
}

function panelParts({ values }: Past, { reason, detail }: Abstention, x: number): readonly Markup[] {
  const box = { ...PLOT, left: PLOT.left + x, right: PLOT.right + x };
  const times = { from: NOW_MS - PAST_DAYS * DAY_MS, to: NOW_MS + AHEAD_DAYS * DAY_MS };
  const axis = axisOf(values.subarray(-PAST_DAYS * 24));
  const scales = timeScales(box, times, axis);
  const points = Array.from({ length: (PAST_DAYS * 24) / PAST_STEP_HOURS + 1 }, (_, k) => {
    const hour = Math.min(values.length - 1, values.length - PAST_DAYS * 24 + k * PAST_STEP_HOURS);
    return scales.at(hourAt(hour), values[hour]!);
  });
  const now = scales.at(NOW_MS, axis.to);
  return [
    ...valueAxis(scales, axis, 'GB'),
    rectangle('blank', now, { x: box.right, y: box.bottom }),
    ...dateAxis(scales),
    line('past', points),
    line('axis', [now, { ...now, y: box.bottom }]),
    words({ x: now.x, y: box.top - 10 }, 'now', 'soft', 'middle'),
    words({ x: (now.x + box.right) / 2, y: (box.top + box.bottom) / 2 }, 'no date', 'soft', 'middle'),
    words({ x: x + 4, y: box.bottom + 48 }, reason, 'title'),
    ...wrapped(detail).map((text, i) => words({ x: x + 4, y: box.bottom + 68 + i * LINE_HEIGHT }, text)),
  ];
}

/** Around what is shown, in round steps. */
function axisOf(values: Float64Array) {
  const [least, most] = [Math.min(...values), Math.max(...values)];
  const step = [5, 10, 20, 50, 100].find((size) => (most - least) / size <= LINES_ACROSS) ?? 200;
  return { from: (Math.floor(least / step) - 1) * step, to: (Math.ceil(most / step) + 1) * step, step };
}

function wrapped(text: string): readonly string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= LINE_CHARACTERS)
      lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}
