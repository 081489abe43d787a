import { Match } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import { ROOMS, SCHEDULED_ROOMS } from '../../cdk/rooms.ts';
import { DEFAULT_WORKSPACE_LIMITS } from '../../data/tables/workspace-limits.ts';
import { onlyResource, type Resource, resourcesOf, synthForewarn } from './synth-forewarn.ts';

const { stateless } = synthForewarn({ timeZone: 'Europe/Vienna' });
const production = synthForewarn({ stage: 'production' }).stateless;
const functions = resourcesOf(stateless, 'AWS::Lambda::Function');

/** By the beginning of their logical id: `Decide`, not `DecideSchedule`. */
function functionOf(room: string): Resource {
  return onlyResource(stateless, 'AWS::Lambda::Function', `${room.charAt(0).toUpperCase()}${room.slice(1)}Function`);
}

describe('functions', () => {
  it('are one for each room, on Node 24 and ARM, traced', () => {
    expect(functions.size).toBe(ROOMS.length);
    for (const { Properties } of functions.values()) {
      expect(Properties).toMatchObject({
        Runtime: 'nodejs24.x',
        Architectures: ['arm64'],
        TracingConfig: { Mode: 'Active' },
      });
    }
  });

  it('keep their logs for as long as the stage says and no longer', () => {
    for (const [id, logs] of resourcesOf(stateless, 'AWS::Logs::LogGroup')) {
      expect(logs.Properties.RetentionInDays, id).toBe(7);
    }
    for (const [id, logs] of resourcesOf(production, 'AWS::Logs::LogGroup')) {
      expect(logs.Properties.RetentionInDays, id).toBe(90);
    }
  });

  it('of ingest lives longer than its own deadline of 8 s, and is done before the gateway gives up after 29 s', () => {
    expect(functionOf('ingest').Properties.Timeout).toBe(15);
    expect(functionOf('query').Properties.Timeout).toBeLessThan(29);
  });
});

describe('routes', () => {
  const integrations = resourcesOf(stateless, 'AWS::ApiGatewayV2::Integration');
  const roomOf = (route: Resource): string => {
    const target = JSON.stringify(route.Properties.Target);
    const integration = [...integrations].find(([id]) => target.includes(id))?.[1];
    return (
      /"(\w+?)Function/.exec(JSON.stringify(integration?.Properties.IntegrationUri))?.[1]?.toLowerCase() ?? 'nobody'
    );
  };
  const routes = Object.fromEntries(
    [...resourcesOf(stateless, 'AWS::ApiGatewayV2::Route').values()].map((route) => [
      route.Properties.RouteKey,
      roomOf(route),
    ]),
  );

  it('send what takes data in to ingest, with any method, and everything else to query', () => {
    expect(routes).toEqual({
      'ANY /api/v1/write': 'ingest',
      'ANY /v1/ingest/{proxy+}': 'ingest',
      'ANY /v1/metrics': 'ingest',
      'ANY /v1/logs': 'ingest',
      'ANY /v1/traces': 'ingest',
      'ANY /otlp/{proxy+}': 'ingest',
      'ANY /api/v1/otlp/{proxy+}': 'ingest',
      'ANY /loki/api/v1/push': 'ingest',
      'ANY /firehose': 'ingest',
      'POST /v1/changes': 'ingest',
      'ANY /v1/{proxy+}': 'query',
      $default: 'query',
    });
  });

  it('G08 are throttled well beyond the limit of a workspace, so that ours acts first, and every request is logged', () => {
    const { requestsPerSecond, requestsBurst } = DEFAULT_WORKSPACE_LIMITS;
    stateless.hasResourceProperties('AWS::ApiGatewayV2::Stage', {
      StageName: '$default',
      AutoDeploy: true,
      DefaultRouteSettings: { ThrottlingRateLimit: 3 * requestsPerSecond, ThrottlingBurstLimit: 3 * requestsBurst },
      AccessLogSettings: { DestinationArn: Match.anyValue(), Format: Match.stringLikeRegexp('"status":\\$context') },
    });
  });
});

describe('detect', () => {
  it('takes ten messages at once and reports those that failed one by one', () => {
    stateless.hasResourceProperties('AWS::Lambda::EventSourceMapping', {
      BatchSize: 10,
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      ScalingConfig: { MaximumConcurrency: 4 },
    });
  });
});

describe('scheduled rooms', () => {
  const schedules = resourcesOf(stateless, 'AWS::Scheduler::Schedule');

  it('run when they should, the report by the clock of the people who read it', () => {
    const expressions = [...schedules].map(([id, { Properties }]) => [
      /^(\w+?)Schedule/.exec(id)?.[1]?.toLowerCase(),
      [Properties.ScheduleExpression, Properties.ScheduleExpressionTimezone],
    ]);

    expect(Object.fromEntries(expressions)).toEqual({
      decide: ['rate(1 minute)', 'Etc/UTC'],
      forecast: ['rate(1 hour)', 'Etc/UTC'],
      train: ['cron(40 2 * * ? *)', 'Europe/Vienna'],
      notify: ['rate(1 minute)', 'Etc/UTC'],
      report: ['cron(0 7 * * ? *)', 'Europe/Vienna'],
      survey: ['rate(5 minutes)', 'Etc/UTC'],
    });
  });

  it.each(SCHEDULED_ROOMS)('%s leaves a record of a run that failed, and of a call that never arrived', (room) => {
    const failedRuns = { 'Fn::GetAtt': [expect.stringMatching(/^FailedRuns/), 'Arn'] };
    const idStart = `${room.charAt(0).toUpperCase()}${room.slice(1)}Schedule`;

    expect(functionOf(room).Properties.DeadLetterConfig).toEqual({ TargetArn: failedRuns });
    expect(onlyResource(stateless, 'AWS::Scheduler::Schedule', idStart).Properties.Target).toMatchObject({
      DeadLetterConfig: { Arn: failedRuns },
    });
  });

  it('are done before they are called again each minute, and run one at a time in production', () => {
    for (const room of ['decide', 'notify']) expect(functionOf(room).Properties.Timeout).toBeLessThan(60);
    const reserved = [...resourcesOf(production, 'AWS::Lambda::Function').values()].filter(
      ({ Properties }) => Properties.ReservedConcurrentExecutions === 1,
    );

    expect(reserved.length).toBe(SCHEDULED_ROOMS.length);
  });
});
