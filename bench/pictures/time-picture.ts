import type { TimeToLimit } from '../../models/domain/forecast.ts';
import { type Limit, limitAt } from '../../models/domain/limit.ts';
import { DAY_MS, HOUR_MS } from '../../models/domain/rollup.ts';
import { forecastSeries } from '../../models/forecast/forecast-series.ts';
import { timeToLimit } from '../../models/forecast/time-to-limit.ts';
import { dateAxis, dayName, type Scales, timeScales, valueAxis } from './axes.ts';
import { type DrawnFutures, drawFutures } from './drawn-futures.ts';
import { legend } from './legend.ts';
import { hourAt, NOW_MS, type Scene } from './scenes.ts';
import { area, circle, clipped, line, type Markup, type Point, picture, rectangle, words } from './svg.ts';

const SIZE = { width: 760, height: 404 };
const BOX = { left: 62, right: 736, top: 84, bottom: 330 };
const SEED = 17;
/** Points of a future at most. */
const THIN_POINTS = 75;
const PAST_STEP_HOURS = 4;
const BARS = 60;
const TALLEST_BAR = 60;
/** Marks that stand closer than their names would are named together. */
const NAME_WIDTH = 32;

/** The past of a resource, its drawn futures, its limit, and what is told of when it is crossed. */
export function timePicture(scene: Scene): Markup {
  const { past, limit, pastDays, aheadDays, axis } = scene;
  const { values } = past;
  const outcome = forecastSeries({ startMs: hourAt(0), stepMs: HOUR_MS, ...past, nowMs: NOW_MS });
  if (outcome.kind === 'abstain') throw new Error(`${scene.title}: there is no forecast: ${outcome.detail}`);
  const time = timeToLimit({ outcome, limit, nowMs: NOW_MS, currentValue: values.at(-1)!, seed: SEED });
  const times = { from: NOW_MS - pastDays * DAY_MS, to: NOW_MS + aheadDays * DAY_MS };
  const scales = timeScales(BOX, times, axis);
  const drawn = drawFutures(outcome.source, limit, SEED);
  const told = toldOf(time);
  return picture(SIZE, `${scene.title}. ${told}`, [
    words({ x: 16, y: 28 }, scene.title, 'title'),
    words({ x: 16, y: 49 }, told, 'soft'),
    ...valueAxis(scales, axis, limit.unit),
    ...dateAxis(scales),
    ...crossingBars(drawn, scales),
    clipped(BOX, [...futureParts(drawn, scales, scene), line('past', pastPoints(scene, scales))]),
    ...nowParts(scales),
    ...limitParts(limit, scales),
    ...markParts(time, limit, scales),
    ...legend(
      { x: 16, y: SIZE.height - 18 },
      time.p10Ms === null ? ['past', 'fan', 'middle', 'thin', 'limit'] : ['past', 'fan', 'middle', 'thin', 'bar'],
    ),
  ]);
}

function toldOf({ p10Ms, p50Ms, p90Ms, neverWithinHorizon }: TimeToLimit): string {
  if (neverWithinHorizon)
    return 'Fewer than one future in fifty crosses the limit within 400 days: never within the horizon.';
  const [p10, p50, p90] = [p10Ms, p50Ms, p90Ms].map((dateMs) =>
    dateMs === null ? 'not within 400 days' : `by ${fullDate(dateMs)}`,
  );
  if (p10 === p90) return `At least 9 of 10 futures have crossed ${p90} (p10, p50 and p90).`;
  return `1 of 10 futures has crossed ${p10} (p10), 5 ${p50} (p50), 9 ${p90} (p90).`;
}

function fullDate(timeMs: number): string {
  return `${dayName(timeMs)} ${new Date(timeMs).getUTCFullYear()}`;
}

function pastPoints({ past: { values } }: Scene, { at, fromMs }: Scales): readonly Point[] {
  const points: Point[] = [];
  for (let hour = 0; hour < values.length; hour += PAST_STEP_HOURS) {
    const timeMs = hourAt(hour);
    if (timeMs >= fromMs) points.push(at(timeMs, values[hour]!));
  }
  return [...points, at(NOW_MS, values.at(-1)!)];
}

/** Eight of ten futures, the middle of them, and some one by one. */
function futureParts(
  { paths, p10, p50, p90 }: DrawnFutures,
  { at }: Scales,
  { aheadDays, thinPaths }: Scene,
): readonly Markup[] {
  const days = (step: number): readonly number[] =>
    Array.from({ length: Math.floor(aheadDays / step) + 1 }, (_, k) => k * step);
  const along = (values: Float64Array, step: number): readonly Point[] =>
    days(step).map((day) => at(NOW_MS + day * DAY_MS, values[day]!));
  const fine = Math.max(1, Math.round(aheadDays / 130));
  const coarse = Math.max(1, Math.ceil(aheadDays / THIN_POINTS));
  const thin = Array.from({ length: thinPaths }, (_, k) => paths[Math.round((k * paths.length) / thinPaths)]!);
  return [
    area('fan', along(p90, fine), along(p10, fine)),
    ...thin.map((path) => line('thin', along(path, coarse))),
    line('middle', along(p50, fine)),
  ];
}

/** How many of the futures cross when, from the bottom up. */
function crossingBars({ crossingsMs }: DrawnFutures, { box, fromMs, toMs, at }: Scales): readonly Markup[] {
  const widthMs = (toMs - fromMs) / BARS;
  const counts = Array.from({ length: BARS }, () => 0);
  for (const crossedMs of crossingsMs) {
    const bar = Math.floor((crossedMs - fromMs) / widthMs);
    if (bar < BARS) counts[bar]!++;
  }
  const most = Math.max(...counts);
  return counts.flatMap((count, bar) => {
    if (count === 0) return [];
    const { x } = at(fromMs + bar * widthMs, 0);
    const right = at(fromMs + (bar + 1) * widthMs, 0).x - 1;
    return [rectangle('bar', { x, y: box.bottom - (count / most) * TALLEST_BAR }, { x: right, y: box.bottom })];
  });
}

function nowParts({ box, at }: Scales): readonly Markup[] {
  const { x } = at(NOW_MS, 0);
  return [
    line('axis', [
      { x, y: box.top },
      { x, y: box.bottom },
    ]),
    words({ x, y: box.top - 10 }, `now, ${dayName(NOW_MS)}`, 'soft', 'middle'),
  ];
}

/** The limit over time: a step where it changes. */
function limitParts(limit: Limit, { at, fromMs, toMs, box }: Scales): readonly Markup[] {
  const changes = (limit.changes ?? []).flatMap(({ fromMs: changeMs, value }) => [
    at(changeMs, limitAt(limit, changeMs - 1)),
    at(changeMs, value),
  ]);
  const end = at(toMs, limitAt(limit, toMs));
  const start = at(fromMs, limit.value);
  const name = `limit ${limit.value} ${limit.unit}`;
  return [
    line('limit', [start, ...changes, end]),
    words({ x: box.left + 6, y: start.y - 8 }, name, 'limit-text'),
    ...(limit.changes ?? []).map(({ fromMs: changeMs, value }) =>
      words(
        { x: box.right - 4, y: at(changeMs, value).y - 8 },
        `from ${dayName(changeMs)}: ${value} ${limit.unit}`,
        'limit-text',
        'end',
      ),
    ),
  ];
}

/** The three dates on the limit, with lines down to the axis. */
function markParts({ p10Ms, p50Ms, p90Ms }: TimeToLimit, limit: Limit, { at, box, toMs }: Scales): readonly Markup[] {
  const marks = [
    { name: 'p10', dateMs: p10Ms },
    { name: 'p50', dateMs: p50Ms },
    { name: 'p90', dateMs: p90Ms },
  ].flatMap(({ name, dateMs }) =>
    dateMs === null || dateMs > toMs ? [] : [{ name, place: at(dateMs, limitAt(limit, dateMs)) }],
  );
  const groups = marks.reduce<{ names: string[]; firstX: number; last: Point }[]>((found, { name, place }) => {
    const near = found.at(-1);
    if (near === undefined || place.x - near.firstX >= NAME_WIDTH * near.names.length) {
      found.push({ names: [name], firstX: place.x, last: place });
    } else {
      near.names.push(name);
      near.last = place;
    }
    return found;
  }, []);
  const labels = groups.map(({ names, last }) =>
    words({ x: last.x + 7, y: last.y + 19 }, names.join(', '), 'limit-text'),
  );
  return [
    ...marks.map(({ place }) => line('drop', [place, { x: place.x, y: box.bottom }])),
    ...marks.map(({ place }) => circle('mark', place, 4.5)),
    ...labels,
  ];
}
