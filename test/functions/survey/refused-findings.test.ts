import { expect, it } from 'vitest';
import type { Anomaly } from '../../../models/domain/anomaly.ts';
import { DAY_MS, FIVE_MINUTES_MS, HOUR_MS } from '../../../models/domain/rollup.ts';
import { createRandom } from '../../../models/numeric/random.ts';
import { openSurveyRoom } from '../../support/survey-room.ts';

/** A Monday. */
const START_MS = Date.UTC(2026, 8, 7);
const END_MS = START_MS + 21 * DAY_MS;
const MOVE_MS = START_MS + 20 * DAY_MS + 13 * HOUR_MS;
const SERVICES = ['checkout', 'search', 'stock'];

it('a finding that the table cannot hold is put aside and counted once, and keeps back no other', async () => {
  const room = openSurveyRoom();
  const random = createRandom(14);
  for (let atMs = START_MS; atMs < END_MS; atMs += FIVE_MINUTES_MS) {
    const moved = atMs >= MOVE_MS && atMs < MOVE_MS + HOUR_MS ? 4.5 : 0;
    const wave = 50 + 20 * Math.sin((2 * Math.PI * atMs) / DAY_MS) + moved;
    for (const service of SERVICES) {
      for (let metric = 0; metric < 12; metric++) {
        room.add({ __name__: `metric_${metric}`, service }, atMs, wave + 3 * random.normal());
      }
    }
  }
  const putAnomalies = async (_workspace: string, found: readonly Anomaly[]): Promise<void> => {
    if (found.some(({ labels }) => labels.some(([, value]) => value === 'search'))) {
      throw new RangeError('item body: must be at most 400000 bytes of JSON');
    }
    for (const one of found) room.anomalies.set(one.anomalyId, one);
  };

  await room.run(END_MS, { putAnomalies });
  await room.run(END_MS, { putAnomalies });

  const services = room.found('group').map(({ labels }) => labels[0]?.[1]);
  expect(new Set(services)).toEqual(new Set(['checkout', 'stock']));
  expect(new Set(room.aside.map(({ id }) => id)).size).toBe(1);
  expect(room.aside[0]!.why).toContain('400000 bytes');
  expect(room.refusals).toEqual([1]);
});
