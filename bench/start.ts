import { setTimeout as sleep } from 'node:timers/promises';
import { startService } from './service.ts';

const SETTLE_MS = 20_000;
/** The last line of what a start prints. */
const END_OF_SUMMARY = 'Stop: ';

export const startBench = {
  name: 'start',
  describe: 'seconds until the service is ready and has learned its sample, and the memory that it takes then',
  async run(): Promise<Record<string, unknown>> {
    const startedMs = performance.now();
    const seconds = (): number => Math.round((performance.now() - startedMs) / 10) / 100;
    const service = await startService({ FOREWARN_SAMPLE: 'on' });
    try {
      const readySeconds = seconds();
      process.stderr.write(`start: ready after ${readySeconds} s, sample goes in\n`);
      await service.printed(END_OF_SUMMARY);
      const summarySeconds = seconds();
      const cpuSeconds = service.cpuSeconds();
      const then = service.memory();
      process.stderr.write(`start: summary after ${summarySeconds} s, looking again in ${SETTLE_MS / 1_000} s\n`);
      await sleep(SETTLE_MS);
      const later = service.memory();
      const row = (name: string, value: number, unit: string) =>
        `${name.padEnd(34)}${String(value).padStart(8)} ${unit}\n`;
      process.stdout.write(row('ready', readySeconds, 's'));
      process.stdout.write(row('summary printed', summarySeconds, 's'));
      process.stdout.write(row('processor time until then', cpuSeconds, 's'));
      process.stdout.write(row('resident memory then', then.rssMb, 'MB'));
      process.stdout.write(row('resident memory at most', then.peakMb, 'MB'));
      process.stdout.write(row('resident memory 20 s later', later.rssMb, 'MB'));
      return {
        protocol:
          'fixed: the command of `npm start` in an empty data directory with the sample; one run; memory is VmRSS and VmHWM of the whole process',
        readySeconds,
        summarySeconds,
        cpuSeconds,
        rssMb: then.rssMb,
        peakRssMb: then.peakMb,
        laterRssMb: later.rssMb,
        laterPeakRssMb: later.peakMb,
      };
    } finally {
      await service.stop();
      service.remove();
    }
  },
};
