import { describe, expect, it } from 'vitest';
import { sampleChanges, sampleLogs } from '../../../local/sample/events.ts';
import { SAMPLE_LIMITS } from '../../../local/sample/limits.ts';
import { type SampleMetric, sampleMetrics } from '../../../local/sample/metrics.ts';
import { DAY_MS, FIVE_MINUTES_MS, HOUR_MS } from '../../../models/domain/rollup.ts';

const END_MS = Date.UTC(2026, 10, 21, 10, 20);
const LENGTH_MS = 56 * DAY_MS;
const START_MS = END_MS - LENGTH_MS;

function generate(options: { endMs?: number; blockMs?: number; seed?: number } = {}): SampleMetric[] {
  const { endMs = END_MS, blockMs = 12 * HOUR_MS, seed = 7 } = options;
  const blocks = [...sampleMetrics({ startMs: endMs - LENGTH_MS, endMs, blockMs, seed })];
  return blocks.flatMap(({ items }) => items);
}

const ALL = generate();

const nameOf = ({ name, labels }: Pick<SampleMetric, 'name' | 'labels'>): string => `${name} ${JSON.stringify(labels)}`;

function series(name: string, labels: Readonly<Record<string, string>>): (readonly [number, number])[] {
  const found = ALL.filter(
    (item) => item.name === name && Object.entries(labels).every(([k, v]) => item.labels[k] === v),
  );
  return found.flatMap(({ samples }) => [...samples]);
}

describe('the sample company', () => {
  it('is the same for the same seed and times, to the last sample', () => {
    expect(generate()).toEqual(ALL);
  });

  it('is another one for another seed', () => {
    expect(generate({ seed: 8 })).not.toEqual(ALL);
  });

  it('is the same, however it is cut into requests', () => {
    const joined = (items: readonly SampleMetric[]) =>
      [...Map.groupBy(items, nameOf)].map(([name, parts]) => [name, parts.flatMap(({ samples }) => samples)]);

    expect(joined(generate({ blockMs: 7 * DAY_MS }))).toEqual(joined(ALL));
  });

  it('has some forty series at steps of five minutes that end before now', () => {
    const names = new Set(ALL.map(nameOf));
    const times = ALL.flatMap(({ samples }) => samples.map(([timestampMs]) => timestampMs));

    expect(names.size).toBeGreaterThanOrEqual(40);
    expect(times.every((timestampMs) => timestampMs % FIVE_MINUTES_MS === 0)).toBe(true);
    expect(times.every((timestampMs) => timestampMs >= START_MS && timestampMs < END_MS)).toBe(true);
  });

  it('has finite values only, and times that ascend within each series', () => {
    for (const parts of Map.groupBy(ALL, nameOf).values()) {
      const samples = parts.flatMap((part) => part.samples);
      expect(samples.every(([, value]) => Number.isFinite(value))).toBe(true);
      expect(samples.every(([timestampMs], i) => i === 0 || timestampMs > samples[i - 1]![0])).toBe(true);
    }
  });
});

describe('the shapes in it', () => {
  it('a counter grows, and begins again once', () => {
    const values = series('jobs_total', {}).map(([, value]) => value);
    const falls = values.filter((value, i) => i > 0 && value < values[i - 1]!);

    expect(falls).toHaveLength(1);
  });

  it('a disk fills towards its limit within a fortnight, and is not full yet', () => {
    const [limit] = SAMPLE_LIMITS;
    const disk = series('disk_used_bytes', { instance: 'db-1' });
    const [, last] = disk.at(-1)!;
    const [, weekAgo] = disk.at(-1 - (7 * DAY_MS) / FIVE_MINUTES_MS)!;
    const daysLeft = (limit.max - last) / ((last - weekAgo) / 7);

    expect(last).toBeLessThan(limit.max);
    expect(daysLeft).toBeGreaterThan(5);
    expect(daysLeft).toBeLessThan(14);
  });

  it('a log disk goes up and down every day and stays below its limit', () => {
    const values = series('disk_used_bytes', { instance: 'log-1' }).map(([, value]) => value);

    expect(Math.max(...values.slice(-2_000))).toBeLessThan(SAMPLE_LIMITS[1].max);
    expect(Math.max(...values.slice(-288)) / Math.min(...values.slice(-288))).toBeGreaterThan(1.3);
  });

  it('a series has gaps of hours', () => {
    const times = series('vpn_sessions', {}).map(([timestampMs]) => timestampMs);
    const gaps = times.filter((timestampMs, i) => i > 0 && timestampMs - times[i - 1]! > 4 * HOUR_MS);

    expect(gaps.length).toBeGreaterThanOrEqual(5);
  });
});

describe('what happened there', () => {
  it('is the same for the same seed, changes in order of time', () => {
    const changes = sampleChanges(END_MS, LENGTH_MS);

    expect(sampleChanges(END_MS, LENGTH_MS)).toEqual(changes);
    expect(changes.map(({ timestamp }) => timestamp)).toEqual(changes.map(({ timestamp }) => timestamp).sort());
    expect(changes.some(({ kind }) => kind === 'config')).toBe(true);
  });

  it('is written in logs within the time asked for, with errors while payment was down', () => {
    const fromMs = END_MS - 3 * DAY_MS;
    const logs = sampleLogs(fromMs, END_MS, END_MS, 5);
    const errors = logs.filter(({ severity }) => severity === 'error').map(({ timestamp }) => Date.parse(timestamp));

    expect(sampleLogs(fromMs, END_MS, END_MS, 5)).toEqual(logs);
    expect(logs.every(({ timestamp }) => Date.parse(timestamp) >= fromMs && Date.parse(timestamp) < END_MS)).toBe(true);
    expect(errors.length).toBeGreaterThan(50);
    expect(Math.max(...errors) - Math.min(...errors)).toBeLessThan(HOUR_MS);
  });
});
