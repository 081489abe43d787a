import { Duration, Stack, type StackProps } from 'aws-cdk-lib';
import { type IMetric, MathExpression } from 'aws-cdk-lib/aws-cloudwatch';
import { FilterPattern, type IFilterPattern, type JsonPattern, MetricFilter } from 'aws-cdk-lib/aws-logs';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import type { Construct } from 'constructs';
import { HouseAlarm, type HouseAlarmProps } from '../constructs/house-alarm.ts';
import { INGEST_ROUTES } from '../constructs/public-api.ts';
import { ROOMS } from '../rooms.ts';
import type { Settings } from '../settings.ts';
import type { StatefulStack } from './stateful-stack.ts';
import type { StatelessStack } from './stateless-stack.ts';

export interface WatchStackProps extends StackProps {
  readonly settings: Settings;
  readonly stateful: StatefulStack;
  readonly stateless: StatelessStack;
}

const ONE_MINUTE = { period: Duration.minutes(1), statistic: 'Maximum' };
const FIVE_MINUTES = Duration.minutes(5);

/** Alarms about ourselves: what would otherwise be noticed only by those who miss a warning. */
export class WatchStack extends Stack {
  readonly alarms: Topic;

  constructor(scope: Construct, id: string, { settings, stateful, stateless, ...props }: WatchStackProps) {
    super(scope, id, props);
    this.alarms = new Topic(this, 'Alarms', { displayName: 'Forewarn is unwell', enforceSSL: true });
    if (settings.alarmMail !== undefined) this.alarms.addSubscription(new EmailSubscription(settings.alarmMail));

    const { queue, deadLetters } = stateful.segments;
    this.#alarm('DeadLetters', {
      heading: 'Dead letters',
      metric: deadLetters.metricApproximateNumberOfMessagesVisible(ONE_MINUTE),
      threshold: 0,
      unit: 'messages',
      periods: 1,
    });
    this.#alarm('OldestMessage', {
      heading: 'Oldest message',
      metric: queue.metricApproximateAgeOfOldestMessage(ONE_MINUTE),
      threshold: 60,
      unit: 'seconds',
      periods: 3,
    });
    this.#alarm('FailedRuns', {
      heading: 'Failed runs',
      metric: stateless.failedRuns.metricApproximateNumberOfMessagesVisible(ONE_MINUTE),
      threshold: 0,
      unit: 'runs',
      periods: 1,
    });
    this.#alarmOnIngestErrors(stateless);
    this.#alarm('Throttled', {
      heading: 'Throttled functions',
      metric: throttles(stateless),
      threshold: 0,
      unit: 'calls',
      periods: 1,
    });
  }

  #alarmOnIngestErrors(stateless: StatelessStack): void {
    const count = (id: string, pattern: IFilterPattern): IMetric =>
      new MetricFilter(this, id, {
        logGroup: stateless.publicApi.accessLogs,
        filterPattern: pattern,
        metricNamespace: `Forewarn/${this.stackName}`,
        metricName: id,
        metricValue: '1',
        defaultValue: 0,
      }).metric({ period: FIVE_MINUTES, statistic: 'Sum' });
    const requests = count('IngestRequests', ofIngest());
    const failed = count('IngestServerErrors', FilterPattern.all(ofIngest(), status('>=', 500)));
    const crashed = count('IngestCrashes', FilterPattern.all(ofIngest(), status('=', 500)));
    this.#alarm('IngestServerErrors5xx', {
      heading: 'Ingest answers 5xx',
      metric: new MathExpression({
        expression: '100 * failed / requests',
        usingMetrics: { failed, requests },
        period: FIVE_MINUTES,
        label: 'percent of ingest requests answered 5xx',
      }),
      threshold: 0.1,
      unit: 'percent of requests',
      periods: 1,
    });
    this.#alarm('IngestCrash', {
      heading: 'Ingest answers 500',
      metric: crashed,
      threshold: 0,
      unit: 'requests',
      periods: 1,
    });
  }

  #alarm(id: string, props: Omit<HouseAlarmProps, 'topic'>): void {
    new HouseAlarm(this, id, { ...props, topic: this.alarms });
  }
}

function ofIngest(): JsonPattern {
  const routes = INGEST_ROUTES.map(({ method, path }) =>
    FilterPattern.stringValue('$.routeKey', '=', `${method} ${path}`),
  );
  return FilterPattern.any(...routes);
}

function status(comparison: '>=' | '=', value: number): JsonPattern {
  return FilterPattern.numberValue('$.status', comparison, value);
}

function throttles(stateless: StatelessStack): IMetric {
  const usingMetrics = Object.fromEntries(
    ROOMS.map((room) => [
      room,
      stateless.rooms[room].function.metricThrottles({ period: FIVE_MINUTES, statistic: 'Sum' }),
    ]),
  );
  return new MathExpression({
    expression: 'SUM(METRICS())',
    usingMetrics,
    period: FIVE_MINUTES,
    label: 'throttled calls of all functions',
  });
}
