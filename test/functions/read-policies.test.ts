import { describe, expect, it } from 'vitest';
import { createReadPolicies, type StoredPolicies } from '../../functions/read-policies.ts';
import { effectAt } from '../../models/detect/calendar-timeline.ts';
import { PLAIN_POLICY } from '../../models/detect/policy.ts';
import type { Labels } from '../../models/domain/series.ts';
import { calendarFor, policyFor } from '../support/pain-street.ts';

const CPU: Labels = [['__name__', 'cpu']];
const NOTHING: StoredPolicies = { policies: [], calendars: [], baselines: [], feedback: [], changes: [] };
const LOUD: StoredPolicies = { ...NOTHING, policies: [policyFor({ threshold: 3 })] };

/** A reader whose store answers with these in turn, the last one for ever; an error fails. */
function reader(...answers: readonly (StoredPolicies | Error)[]) {
  const seen = { reads: 0, errors: 0, nowMs: 0 };
  const read = createReadPolicies({
    readStored: async () => {
      const answer = answers[Math.min(seen.reads++, answers.length - 1)]!;
      if (answer instanceof Error) throw answer;
      return answer;
    },
    timeZone: 'Europe/Berlin',
    nowMs: () => seen.nowMs,
    onError: () => seen.errors++,
  });
  return { seen, read: async (workspace = 'workspace0000') => (await read(workspace)).resolve('x', CPU) };
}

describe('what people have said', () => {
  it('is read once in half a minute, however many ask', async () => {
    const { seen, read } = reader(LOUD, NOTHING);
    await Promise.all([read(), read(), read()]);
    seen.nowMs = 29_999;
    const before = await read();
    seen.nowMs = 30_000;

    expect(before.threshold).toBe(3);
    expect(await read()).toBe(PLAIN_POLICY);
    expect(seen.reads).toBe(2);
  });

  it('keeps its policies where nothing else was said', async () => {
    const { seen, read } = reader(LOUD, structuredClone(LOUD));
    const before = await read();
    seen.nowMs = 30_000;

    expect(await read()).toBe(before);
    expect(seen.reads).toBe(2);
  });

  it('goes on where it cannot be read, and is read again soon', async () => {
    const { seen, read } = reader(LOUD, new Error('no table'), NOTHING);
    await read();
    seen.nowMs = 30_000;

    expect((await read()).threshold).toBe(3);
    expect(seen.errors).toBe(1);
    seen.nowMs = 35_000;
    expect(await read()).toBe(PLAIN_POLICY);
  });

  it('is waited for where nothing is known yet, so that nobody hears of what they have muted', async () => {
    const { read } = reader(new Error('no table'), LOUD);

    await expect(read()).rejects.toThrow('no table');
    expect((await read()).threshold).toBe(3);
  });

  it('is known by workspace', async () => {
    const { seen, read } = reader(LOUD, NOTHING);

    expect((await read('first')).threshold).toBe(3);
    expect(await read('second')).toBe(PLAIN_POLICY);
    expect((await read('first')).threshold).toBe(3);
    expect(seen.reads).toBe(2);
  });

  it('has calendars with their times, but for one that cannot be expanded, which is told of', async () => {
    const night = calendarFor('2025-01-06T01:00:00', '2025-01-06T05:00:00', { muteAlerts: true });
    const broken = { ...night, calendarId: 'broken', timeZone: 'Mars/Olympus' };
    const { seen, read } = reader({ ...NOTHING, calendars: [night, broken] });
    const { timeline } = await read();

    expect(effectAt(timeline!, Date.UTC(2025, 0, 6, 2)).muteAlerts).toBe(true);
    expect(effectAt(timeline!, Date.UTC(2025, 0, 6, 5)).muteAlerts).toBe(false);
    expect(seen.errors).toBe(1);
  });
});
