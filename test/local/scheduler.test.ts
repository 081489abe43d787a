import { setImmediate as turn } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createLog } from '../../functions/platform/log.ts';
import { type Job, nextTimeMs, startScheduler } from '../../local/scheduler.ts';

const HOUR_MS = 3_600_000;
const START_MS = Date.UTC(2026, 10, 21, 10, 20);

const lines: string[] = [];
const LOG = createLog({ room: 'test', level: 'error', nowMs: () => 0, write: (line) => void lines.push(line) });

beforeEach(() => {
  lines.length = 0;
  vi.useFakeTimers({ now: START_MS, toFake: ['setTimeout', 'clearTimeout', 'Date'] });
});

afterEach(() => {
  vi.useRealTimers();
});

const minute = (): number => (Date.now() - START_MS) / 60_000;

/** Notes the minute of each run. */
function noting(name: string, everyMs: number, offsetMs: number, runs: string[]): Job {
  return { name, everyMs, offsetMs, run: async () => void runs.push(`${name} ${minute()}`) };
}

describe('the next time of a job', () => {
  it('is the next multiple of its period and offset, never now', () => {
    const job = { everyMs: HOUR_MS, offsetMs: 120_000 };

    expect(nextTimeMs(job, 0)).toBe(120_000);
    expect(nextTimeMs(job, 119_999)).toBe(120_000);
    expect(nextTimeMs(job, 120_000)).toBe(HOUR_MS + 120_000);
    expect(nextTimeMs(job, 5 * HOUR_MS)).toBe(5 * HOUR_MS + 120_000);
  });
});

describe('the scheduler', () => {
  it('runs each job at its times and not at once', async () => {
    const runs: string[] = [];
    const scheduler = startScheduler(
      [noting('hourly', HOUR_MS, 0, runs), noting('half', HOUR_MS / 2, 0, runs)],
      Date.now,
      LOG,
    );

    await vi.advanceTimersByTimeAsync(100 * 60_000);
    await scheduler.stop();

    expect(runs).toEqual(['half 10', 'hourly 40', 'half 40', 'half 70', 'hourly 100', 'half 100']);
  });

  it('never runs a job twice at once, and lets what it missed meanwhile pass', async () => {
    let running = 0;
    let most = 0;
    const begun: number[] = [];
    const slow: Job = {
      name: 'slow',
      everyMs: 60_000,
      offsetMs: 0,
      async run() {
        begun.push(Math.round(minute() * 10) / 10);
        most = Math.max(most, ++running);
        await new Promise((resolve) => setTimeout(resolve, 150_000));
        running--;
      },
    };
    const scheduler = startScheduler([slow], Date.now, LOG);

    await vi.advanceTimersByTimeAsync(8 * 60_000);
    const stopped = scheduler.stop();
    await vi.advanceTimersByTimeAsync(5 * 60_000);
    await stopped;

    expect(most).toBe(1);
    expect(begun).toEqual([1, 3.5, 6]);
  });

  it('goes on after a job that failed, and says so', async () => {
    let runs = 0;
    const failing: Job = {
      name: 'failing',
      everyMs: 60_000,
      offsetMs: 0,
      run: () => {
        runs++;
        return Promise.reject(new Error('not today'));
      },
    };
    const scheduler = startScheduler([failing], Date.now, LOG);

    await vi.advanceTimersByTimeAsync(3 * 60_000);
    await scheduler.stop();

    expect(runs).toBe(3);
    expect(lines).toHaveLength(3);
    expect(lines[0]).toContain('not today');
  });

  it('stops at once while it waits, and starts nothing any more', async () => {
    const runs: string[] = [];
    const scheduler = startScheduler([noting('job', 60_000, 0, runs)], Date.now, LOG);

    await scheduler.stop();
    await vi.advanceTimersByTimeAsync(10 * 60_000);

    expect(runs).toEqual([]);
  });

  it('stops when the job in hand is finished, and does not wait for the next one', async () => {
    const { promise: isOver, resolve: finish } = Promise.withResolvers<void>();
    let begun = 0;
    const run = (): Promise<void> => {
      begun++;
      return isOver;
    };
    const scheduler = startScheduler([{ name: 'long', everyMs: HOUR_MS, offsetMs: 0, run }], Date.now, LOG);
    await vi.advanceTimersByTimeAsync(HOUR_MS);

    let hasStopped = false;
    const stopped = scheduler.stop().then(() => {
      hasStopped = true;
    });
    await turn();
    const before = hasStopped;
    finish();
    await stopped;

    expect(begun).toBe(1);
    expect(before).toBe(false);
    expect(hasStopped).toBe(true);
  });
});
