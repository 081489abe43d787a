import { CfnOutput, Duration, Stack, type StackProps, TimeZone } from 'aws-cdk-lib';
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import { ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import { PublicApi } from '../constructs/public-api.ts';
import { type ExtraFile, RoomFunction } from '../constructs/room-function.ts';
import { RoomSchedule } from '../constructs/room-schedule.ts';
import { grantRoomAccess } from '../room-access.ts';
import { roomEnvironment, type Variables } from '../room-environment.ts';
import { isScheduled, ROOM_SIZES, type Room, SCHEDULED_ROOMS, type ScheduledRoom } from '../rooms.ts';
import type { Settings } from '../settings.ts';
import type { Stage } from '../stages.ts';
import type { StatefulStack } from './stateful-stack.ts';

export interface StatelessStackProps extends StackProps {
  readonly stage: Stage;
  readonly settings: Settings;
  readonly stateful: StatefulStack;
}

/** Messages that detect takes at once; one message is one shard's share of one accepted batch. */
const DETECT_BATCH = 10;

const FAILED_RUN_DAYS = 14;

/** The chart of the digest is drawn by WebAssembly, with a font of its own: Lambda has none. */
const REPORT_FILES: readonly ExtraFile[] = [
  { from: 'node_modules/@resvg/resvg-wasm/index_bg.wasm', to: 'index_bg.wasm' },
  { from: 'node_modules/dejavu-fonts-ttf/ttf/DejaVuSans.ttf', to: 'DejaVuSans.ttf' },
];

/** Matrix products in WebAssembly; every processor of Lambda has its vector instructions. */
const TRAIN_FILES: readonly ExtraFile[] = [
  {
    from: 'node_modules/@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm',
    to: 'tfjs-backend-wasm-simd.wasm',
  },
];

/** Functions, routes and schedules: can be thrown away and made again without losing anything. */
export class StatelessStack extends Stack {
  readonly publicApi: PublicApi;
  /** Runs of scheduled rooms that failed, or never began. */
  readonly failedRuns: Queue;
  readonly rooms: Readonly<Record<Room, RoomFunction>>;

  constructor(scope: Construct, id: string, { stage, settings, stateful, ...props }: StatelessStackProps) {
    super(scope, id, props);
    this.publicApi = new PublicApi(this, 'PublicApi', {
      ratePerSecond: stage.gatewayRatePerSecond,
      burst: stage.gatewayBurst,
      logDays: stage.logDays,
    });
    this.failedRuns = new Queue(this, 'FailedRuns', {
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: Duration.days(FAILED_RUN_DAYS),
    });
    const publicUrl = settings.publicUrl ?? this.publicApi.api.apiEndpoint;
    const variables = variablesOf(stateful, stage, settings, publicUrl);
    const make = (room: Room, extraFiles?: readonly ExtraFile[]): RoomFunction => {
      const made = new RoomFunction(this, idOf(room), {
        room,
        ...ROOM_SIZES[room],
        environment: roomEnvironment(room, variables),
        logDays: stage.logDays,
        ...(extraFiles !== undefined && { extraFiles }),
        ...(isScheduled(room) && { failedRuns: this.failedRuns }),
        ...(isScheduled(room) && stage.reserveScheduled && { reservedConcurrency: 1 }),
      });
      grantRoomAccess(room, made.function, stateful, settings.mailFrom);
      return made;
    };
    this.rooms = {
      ingest: make('ingest'),
      detect: make('detect'),
      survey: make('survey'),
      forecast: make('forecast'),
      train: make('train', TRAIN_FILES),
      decide: make('decide'),
      report: make('report', REPORT_FILES),
      notify: make('notify'),
      query: make('query'),
    };
    this.publicApi.route({ ingest: this.rooms.ingest.function, query: this.rooms.query.function });
    this.#feedDetect(stateful, stage);
    this.#schedule(settings);
    new CfnOutput(this, 'Url', { value: publicUrl, description: 'Where to send data and ask questions' });
  }

  #feedDetect(stateful: StatefulStack, stage: Stage): void {
    this.rooms.detect.function.addEventSource(
      new SqsEventSource(stateful.segments.queue, {
        batchSize: DETECT_BATCH,
        reportBatchItemFailures: true,
        maxConcurrency: stage.detectConcurrency,
      }),
    );
  }

  #schedule(settings: Settings): void {
    const everyMinute = ScheduleExpression.rate(Duration.minutes(1));
    const expressions: Readonly<Record<ScheduledRoom, ScheduleExpression>> = {
      survey: ScheduleExpression.rate(Duration.minutes(5)),
      forecast: ScheduleExpression.rate(Duration.hours(1)),
      // Nightly, and before the digest.
      train: ScheduleExpression.cron({ minute: '40', hour: '2', timeZone: TimeZone.of(settings.timeZone) }),
      decide: everyMinute,
      notify: everyMinute,
      report: ScheduleExpression.cron({ minute: '0', hour: '7', timeZone: TimeZone.of(settings.timeZone) }),
    };
    for (const room of SCHEDULED_ROOMS) {
      new RoomSchedule(this, `${idOf(room)}Schedule`, {
        function: this.rooms[room].function,
        expression: expressions[room],
        failedRuns: this.failedRuns,
        description: `Forewarn: runs ${room}`,
      });
    }
  }
}

function variablesOf(stateful: StatefulStack, stage: Stage, settings: Settings, publicUrl: string): Variables {
  return {
    FOREWARN_LOG_LEVEL: stage.logLevel,
    FOREWARN_BUCKET: stateful.telemetry.bucket.bucketName,
    FOREWARN_TABLE: stateful.records.table.tableName,
    FOREWARN_QUEUE_URL: stateful.segments.queue.queueUrl,
    FOREWARN_PEPPER_SECRET_ARN: stateful.pepper.secretArn,
    FOREWARN_SHARD_COUNT: String(stage.shardCount),
    FOREWARN_MAIL_FROM: settings.mailFrom,
    FOREWARN_MAIL_TO: settings.mailTo.join(','),
    FOREWARN_PUBLIC_URL: publicUrl,
    FOREWARN_TIME_ZONE: settings.timeZone,
  };
}

/** Construct ids are the room's word with a capital. */
function idOf(room: Room): string {
  return room.charAt(0).toUpperCase() + room.slice(1);
}
