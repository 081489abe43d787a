import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import { connectEmbedded } from '../data/embedded/embedded.ts';
import type { EmbeddedUpkeep } from '../data/embedded/upkeep.ts';
import {
  assembleDecide,
  assembleDetect,
  assembleForecast,
  type Backend,
  createBackend,
} from '../functions/assemble.ts';
import { assembleNotify, assembleReport } from '../functions/assemble-mail.ts';
import { assembleSurvey } from '../functions/assemble-survey.ts';
import { assembleTrain } from '../functions/assemble-train.ts';
import type { Channel } from '../functions/channel/channel.ts';
import { createOutboxChannel } from '../functions/channel/outbox.ts';
import { createSmtpChannel } from '../functions/channel/smtp.ts';
import { systemNowMs } from '../functions/platform/clock.ts';
import { queueEdge, scheduleEdge } from '../functions/platform/edge.ts';
import { createLog } from '../functions/platform/log.ts';
import { HOUR_MS } from '../models/domain/rollup.ts';
import { createUtcOffset } from '../models/numeric/utc-offset.ts';
import {
  ANALYTICS_ROOMS,
  type AnalyticsData,
  type AnalyticsRoom,
  type AnalyticsSettings,
  type FromAnalytics,
  type ToAnalytics,
} from './analytics-protocol.ts';
import { connectAws, type LocalClient } from './aws-backend.ts';
import { createForecastThreads } from './forecast-threads.ts';
import { createHousekeeping } from './housekeeping.ts';
import { LOCAL_CONTEXT, startPoller } from './poller.ts';
import { type Job, type Scheduler, startScheduler } from './scheduler.ts';

/** A batch of one shard: enough that its state is written seldom under load, few enough that it is soon done. */
const BATCH_MESSAGES = 64;
/** Of a backlog more at once: what is far behind anyway is done sooner where the state is written less often. */
const BACKLOG_MESSAGES = 256;
const MINUTE_MS = 60_000;
/** Ten weeks of hours of so many series take some 60 MB while they are read. */
const FORECAST_SERIES_AT_ONCE = 256;

const SCHEDULE: Readonly<Record<AnalyticsRoom, { everyMs: number; offsetMs: number }>> = {
  survey: { everyMs: 5 * MINUTE_MS, offsetMs: 90_000 },
  forecast: { everyMs: HOUR_MS, offsetMs: 2 * MINUTE_MS },
  // A model is a day old before the next is trained; a machine that was off trains it soon after it is on.
  train: { everyMs: HOUR_MS, offsetMs: 40 * MINUTE_MS },
  decide: { everyMs: MINUTE_MS, offsetMs: 10_000 },
  // A week has one digest, so that nearly always there is nothing to do; a machine that was off makes it when it is on.
  report: { everyMs: HOUR_MS, offsetMs: 0 },
  notify: { everyMs: MINUTE_MS, offsetMs: 30_000 },
};

const { settings, backend: place } = workerData as AnalyticsData; // set by the runtime, which is typed alike
const client: LocalClient & { readonly upkeep?: EmbeddedUpkeep } =
  place.kind === 'embedded' ? connectEmbedded(place.port, { nowMs: systemNowMs }) : connectAws(place.places);
const log = createLog({ room: 'local', level: settings.logLevel, nowMs: systemNowMs });
const detectLog = createLog({ room: 'detect', level: settings.logLevel, nowMs: systemNowMs });
const backend = createBackend(client);
const detect = assembleDetect(backend, { timeZone: settings.timeZone, nowMs: systemNowMs, log: detectLog });
const poller = startPoller({
  queue: client.queue,
  handler: queueEdge({ room: 'detect', nowMs: systemNowMs, log: detectLog, ...detect }),
  log: detectLog,
  maxMessages: BATCH_MESSAGES,
  maxMessagesOfBacklog: BACKLOG_MESSAGES,
});
const runs = createRuns(backend, settings);
let scheduler: Scheduler | undefined;

parentPort!.on('message', (message: ToAnalytics) => {
  switch (message.kind) {
    case 'run':
      void run(message.id, message.room, message.nowMs);
      return;
    case 'schedule':
      scheduler ??= startScheduler(createJobs(), systemNowMs, log);
      return;
    case 'stop':
      void stop();
      return;
  }
});
tell({ kind: 'ready' });

async function run(id: number, room: AnalyticsRoom, nowMs: number): Promise<void> {
  try {
    await runs[room](nowMs);
    tell({ kind: 'ran', id, error: null });
  } catch (error) {
    tell({ kind: 'ran', id, error: error instanceof Error ? error.message : String(error) });
  }
}

async function stop(): Promise<void> {
  await Promise.all([poller.stop(), scheduler?.stop()]);
  tell({ kind: 'stopped' });
}

function tell(message: FromAnalytics): void {
  parentPort!.postMessage(message);
}

function createJobs(): Job[] {
  const rooms = ANALYTICS_ROOMS.map((room) => ({ name: room, ...SCHEDULE[room], run: () => runByClock(room) }));
  return client.upkeep === undefined ? rooms : [...rooms, housekeepingJob(client.upkeep)];
}

/** What has grown old in the directory; a bucket has lifecycle rules for it. */
function housekeepingJob(upkeep: EmbeddedUpkeep): Job {
  const housekeep = createHousekeeping({ upkeep, segmentRetentionMs: settings.segmentRetentionMs, log });
  const run = async (): Promise<void> => {
    await housekeep(systemNowMs());
  };
  return { name: 'housekeeping', everyMs: HOUR_MS, offsetMs: 20 * MINUTE_MS, run };
}

/** Nobody wants a digest in the night. */
const REPORT_FROM_HOUR = 7;

async function runByClock(room: AnalyticsRoom): Promise<void> {
  const nowMs = systemNowMs();
  const utcOffset = createUtcOffset(settings.timeZone);
  const hour = new Date(nowMs + utcOffset(nowMs)).getUTCHours();
  if (room === 'report' && hour < REPORT_FROM_HOUR) return;
  await runs[room](nowMs);
}

type Runs = Readonly<Record<AnalyticsRoom, (nowMs: number) => Promise<void>>>;

/** The same handlers as in the deployment, called as a schedule would call them. */
function createRuns(stores: Backend, settings: AnalyticsSettings): Runs {
  const channel: Channel =
    settings.smtpUrl === undefined
      ? createOutboxChannel(settings.outboxDirectory)
      : createSmtpChannel(settings.smtpUrl);
  const resolve = createRequire(import.meta.url).resolve;
  const rooms = {
    survey: assembleSurvey(stores, { ...settings, nowMs: systemNowMs, log }),
    forecast: assembleForecast(stores, {
      ...settings,
      log,
      onProgress: (ratio) => tell({ kind: 'progress', room: 'forecast', ratio }),
      openForecasting: createForecastThreads({ threads: settings.forecastThreads }),
      seriesAtOnce: FORECAST_SERIES_AT_ONCE,
    }),
    train: assembleTrain(stores, {
      ...settings,
      wasmFolder: dirname(resolve('@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm')),
      nowMs: systemNowMs,
      log,
    }),
    decide: assembleDecide(stores),
    report: assembleReport(stores, {
      ...settings,
      chartFiles: {
        wasmPath: resolve('@resvg/resvg-wasm/index_bg.wasm'),
        fontPath: resolve('dejavu-fonts-ttf/ttf/DejaVuSans.ttf'),
      },
    }),
    notify: assembleNotify(stores, channel, settings.mailFrom),
  };
  const edge = (room: AnalyticsRoom) => {
    const handler = scheduleEdge({ room, nowMs: systemNowMs, run: rooms[room].run });
    return (nowMs: number) => handler({ nowMs }, LOCAL_CONTEXT);
  };
  return {
    survey: edge('survey'),
    forecast: edge('forecast'),
    train: edge('train'),
    decide: edge('decide'),
    report: edge('report'),
    notify: edge('notify'),
  };
}
