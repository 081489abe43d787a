import { describe, expect, it } from 'vitest';
import type { Anomaly } from '../../../models/domain/anomaly.ts';
import { DAY_MS, FIVE_MINUTES_MS, HOUR_MS } from '../../../models/domain/rollup.ts';
import { createRandom } from '../../../models/numeric/random.ts';
import { dailyWave, MONDAY_MS } from '../../support/generated-series.ts';
import { openSurveyRoom } from '../../support/survey-room.ts';

const HOSTS = 40;
const DAYS = 30;
const ODD_HOST = 17;
const ODD_MS = MONDAY_MS + 20 * DAY_MS + 11 * HOUR_MS;
const TOGETHER_MS = MONDAY_MS + 25 * DAY_MS + 14 * HOUR_MS;

/** What happens to a host at a time: a factor. */
type Happening = (host: number, timestampMs: number) => number;

/**
 * Thirty days of forty hosts that share one demand: a day, a quieter week-end, and ups and downs that last for half an
 * hour. Each carries a part of its own, with noise of its own, and one in a while has a bad minute.
 */
async function month(happening: Happening): Promise<Anomaly[]> {
  const room = openSurveyRoom();
  const random = createRandom(40);
  let demand = 0;
  for (let atMs = MONDAY_MS; atMs < MONDAY_MS + DAYS * DAY_MS; atMs += FIVE_MINUTES_MS) {
    demand = 0.85 * demand + 2 * random.normal();
    const common = 100 + 40 * dailyWave(atMs) + demand;
    for (let host = 0; host < HOSTS; host++) {
      const part = 0.7 + 0.6 * ((host * 13) % HOSTS) * (1 / HOSTS);
      const badMinute = random.uniform() < 1 / 4_000 ? 1.5 : 1;
      const value = common * part * badMinute * (1 + 0.05 * random.normal()) * happening(host, atMs);
      room.add({ __name__: 'requests_per_second', service: 'shop', instance: `host-${host}:9100` }, atMs, value);
    }
  }
  await room.run(MONDAY_MS + DAYS * DAY_MS);
  return room.found();
}

const during = (atMs: number, fromMs: number, lastMs: number): boolean => atMs >= fromMs && atMs < fromMs + lastMs;

describe('a month of forty hosts', () => {
  it('that are well says nothing', async () => {
    expect(await month(() => 1)).toEqual([]);
  }, 60_000);

  it('in which one does as it never did, and all do so together once, says these two things and no more', async () => {
    const found = await month((host, atMs) => {
      if (host === ODD_HOST && during(atMs, ODD_MS, 8 * HOUR_MS)) return 1.5;
      return during(atMs, TOGETHER_MS, 2 * HOUR_MS) ? 1.3 : 1;
    });

    expect(found.map(({ type, status }) => [type, status])).toEqual([
      ['outlier', 'closed'],
      ['group', 'closed'],
    ]);
    const [odd, together] = found;
    expect(odd!.labels).toContainEqual(['instance', `host-${ODD_HOST}:9100`]);
    expect(odd!.startedAtMs - ODD_MS).toBeLessThan(3 * HOUR_MS);
    expect(odd!.endedAtMs! - ODD_MS).toBeLessThan(12 * HOUR_MS);
    expect(together!.startedAtMs - TOGETHER_MS).toBeLessThan(HOUR_MS / 2);
    expect(together!).toMatchObject({ labels: [['service', 'shop']], totalSeries: HOSTS });
    expect(together!.affectedSeries).toBeGreaterThan(HOSTS / 2);
    const shares = together!.members!.map(({ share }) => share);
    expect(shares).toHaveLength(10);
    expect(shares).toEqual(shares.toSorted((a, b) => b - a));
  }, 60_000);
});
