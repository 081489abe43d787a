import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { startService } from '../support/service.ts';
import { type Named, type Rollups, readJson, readList } from '../support/service-api.ts';

const DAY_MS = 86_400_000;
/** Eight weeks in five-minute steps. */
const SAMPLES_OF_A_SERIES = 56 * 288;

test('a first start that is cut off twice is taken up where it stopped, and counts no sample twice', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'forewarn-first-start-'));
  const start = () => startService(directory, { FOREWARN_SAMPLE: 'on' });
  let child = start();
  onTestFinished(async () => {
    await child.kill();
    await rm(directory, { recursive: true });
  });

  await child.says(/^Sending eight weeks of sample data: 25 %$/m);
  expect(await child.stop()).toBe(0);
  expect(child.output()).not.toMatch(/error/i);

  child = start();
  await child.says(/^Sending eight weeks of sample data: [57]\d %$/m);
  await child.kill();

  child = start();
  const service = await child.ready();
  await child.says(/^Sample data: [\d,]+ samples in 44 series/m);
  const from = new Date(Date.now() - 60 * DAY_MS).toISOString();
  const disks = await readList<Named>(service, '/v1/series?metric=disk_used_bytes');
  const counts = await Promise.all(
    disks.map(async ({ series_id: id }) => {
      const { points } = await readJson<Rollups>(service, `/v1/series/${id}/samples?step=1h&from=${from}`);
      return points.reduce((sum, { count }) => sum + count, 0);
    }),
  );
  expect(counts).toEqual([SAMPLES_OF_A_SERIES, SAMPLES_OF_A_SERIES, SAMPLES_OF_A_SERIES]);
}, 360_000);
