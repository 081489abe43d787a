import { basename } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { textOption } from './options.ts';
import { buildPast } from './past-load.ts';
import { readCsvFolder } from './series-csv.ts';
import { type Service, startService } from './service.ts';
import { measureStored } from './stored-figures.ts';

/** The last line of what a start prints. */
const END_OF_SUMMARY = 'Stop: ';
/** The service works out its health anew when it is older than two seconds. */
const HEALTH_POLL_MS = 2_100;

export const storageBench = {
  name: 'storage',
  describe: 'bytes kept for each sample: of the sample company, and of a folder of series [--data DIR]',
  async run(args: readonly string[]): Promise<Record<string, unknown>> {
    const folder = textOption(args, '--data', '');
    const sample = await measure('sample company', 'on', (service) => service.printed(END_OF_SUMMARY));
    const data =
      folder === '' ? undefined : await measure(basename(folder), 'off', (service) => sendPast(service, folder));
    return {
      protocol:
        'fixed: the service of `npm start`, stopped when all is applied; at rest: after its own housekeeping as of three days later; rows of history that still wait in a state are counted with what the archived ones take; a folder is sent by JSON in order of time, each series shifted by whole days to end today',
      ...sample,
      ...(data && { data }),
    };
  },
};

async function measure(
  name: string,
  sample: 'on' | 'off',
  load: (service: Service) => Promise<unknown>,
): Promise<Record<string, number>> {
  process.stderr.write(`storage: ${name}\n`);
  const service = await startService({ FOREWARN_SAMPLE: sample });
  try {
    await load(service);
    await untilApplied(service);
    await service.stop();
    const figures = await measureStored(service.directory, Date.now());
    printTable(name, figures);
    return figures;
  } finally {
    await service.stop();
    service.remove();
  }
}

async function sendPast({ baseUrl, keys }: Service, folder: string): Promise<void> {
  const past = buildPast(readCsvFolder(folder), Date.now());
  for (const [i, body] of past.bodies.entries()) {
    if (i % 20 === 0) process.stderr.write(`storage: request ${i} of ${past.bodies.length}\n`);
    const response = await fetch(`${baseUrl}/v1/ingest/metrics`, {
      method: 'POST',
      headers: { authorization: `Bearer ${keys.ingest}`, 'content-type': 'application/json' },
      body,
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`request ${i} was answered ${response.status}: ${text.slice(0, 300)}`);
  }
}

/** Nothing waits in the queue any more, and nothing is in hand. */
async function untilApplied({ baseUrl }: Service): Promise<void> {
  for (;;) {
    await sleep(HEALTH_POLL_MS);
    const response = await fetch(`${baseUrl}/v1/health`);
    const { counts } = (await response.json()) as { counts: Record<string, number> };
    if (counts.queue_dead !== 0) throw new Error(`${counts.queue_dead} messages have died`);
    if (counts.queue_waiting === 0 && counts.queue_in_flight === 0) return;
  }
}

function printTable(name: string, figures: Readonly<Record<string, number>>): void {
  process.stdout.write(`${name}\n`);
  for (const [key, value] of Object.entries(figures)) process.stdout.write(`  ${key.padEnd(32)}${value}\n`);
}
