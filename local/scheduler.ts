import type { Log } from '../functions/platform/log.ts';

export interface Job {
  readonly name: string;
  readonly everyMs: number;
  /** Time after each multiple of everyMs at which it runs, in UTC. */
  readonly offsetMs: number;
  readonly run: () => Promise<void>;
}

export interface Scheduler {
  /** Starts nothing more, lets what runs finish, then resolves. */
  stop(): Promise<void>;
}

/** Longest wait of one timer: setTimeout wraps around beyond 2^31 ms, and a clock that was set is noticed. */
const LONGEST_WAIT_MS = 60_000;

/** Runs each job at its times, never twice at once, and jobs one after another: they share the machine with ingest. */
export function startScheduler(jobs: readonly Job[], nowMs: () => number, log: Log): Scheduler {
  const dueMs = new Map(jobs.map((job) => [job.name, nextTimeMs(job, nowMs())]));
  let stopping = false;
  let wake: () => void = () => undefined;

  const loop = async (): Promise<void> => {
    while (!stopping) {
      for (const job of jobs) {
        if (stopping || nowMs() < dueMs.get(job.name)!) continue;
        dueMs.set(job.name, nextTimeMs(job, nowMs()));
        await job.run().catch((error: unknown) => log.error('job failed', { job: job.name, error }));
      }
      if (stopping) return; // asked while a job ran: nobody would end the wait
      const waitMs = Math.max(0, Math.min(...dueMs.values()) - nowMs());
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, Math.min(waitMs, LONGEST_WAIT_MS));
        wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  };
  const finished = loop();
  return {
    stop() {
      stopping = true;
      wake();
      return finished;
    },
  };
}

export function nextTimeMs({ everyMs, offsetMs }: Pick<Job, 'everyMs' | 'offsetMs'>, nowMs: number): number {
  return (Math.floor((nowMs - offsetMs) / everyMs) + 1) * everyMs + offsetMs;
}
