import { readFileSync } from 'node:fs';
import { Match } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import { INGEST_ROUTES } from '../../cdk/constructs/public-api.ts';
import { resourcesOf, synthForewarn } from './synth-forewarn.ts';

const { watch } = synthForewarn({ alarmMail: 'operator@company.test' });
const alarms = [...resourcesOf(watch, 'AWS::CloudWatch::Alarm').values()].map(({ Properties }) => Properties);
const operations = readFileSync(new URL('../../docs/operations.md', import.meta.url), 'utf8');

describe('alarms', () => {
  it.each([
    ['a dead letter', 'ApproximateNumberOfMessagesVisible', 'SegmentsDeadLetters', 0],
    ['a message that waits for more than a minute', 'ApproximateAgeOfOldestMessage', 'SegmentsQueue', 60],
    ['a run that failed', 'ApproximateNumberOfMessagesVisible', 'FailedRuns', 0],
  ])('ring at %s', (_what, metric, queue, threshold) => {
    const alarm = alarms.find(
      (candidate) => candidate.MetricName === metric && JSON.stringify(candidate.Dimensions).includes(queue),
    );

    expect(alarm).toMatchObject({ Threshold: threshold, ComparisonOperator: 'GreaterThanThreshold' });
  });

  it('G08 ring when more than one in a thousand requests to ingest is answered 5xx', () => {
    watch.hasResourceProperties('AWS::CloudWatch::Alarm', {
      Threshold: 0.1,
      Metrics: Match.arrayWith([Match.objectLike({ Expression: '100 * failed / requests' })]),
    });
  });

  it('count a 5xx of ingest by the route of the access log, and of no other route', () => {
    const patterns = [...resourcesOf(watch, 'AWS::Logs::MetricFilter').values()].map(({ Properties }) =>
      String(Properties.FilterPattern),
    );
    const routes = INGEST_ROUTES.map(({ method, path }) => `($.routeKey = "${method} ${path}")`);
    const ofIngest = `(${routes.join(' || ')})`;

    expect(new Set(patterns)).toEqual(
      new Set([
        `{ ${ofIngest.slice(1, -1)} }`,
        `{ ${ofIngest} && ($.status >= 500) }`,
        `{ ${ofIngest} && ($.status = 500) }`,
      ]),
    );
  });

  it('tell somebody, when it begins and when it is over', () => {
    const topic = [{ Ref: expect.stringMatching(/^Alarms/) }];

    expect(alarms.length).toBeGreaterThan(0);
    for (const alarm of alarms) expect(alarm).toMatchObject({ AlarmActions: topic, OKActions: topic });
    watch.hasResourceProperties('AWS::SNS::Subscription', { Protocol: 'email', Endpoint: 'operator@company.test' });
  });

  it('each have a section in docs/operations.md under the name that their description gives', () => {
    const headings = alarms.map((alarm) => /"(.+)"\.$/.exec(String(alarm.AlarmDescription))?.[1]);

    for (const heading of headings) expect(operations).toContain(`\n### ${heading}\n`);
    expect(new Set(headings).size).toBe(alarms.length);
  });
});
