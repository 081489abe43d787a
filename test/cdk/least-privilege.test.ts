import { describe, expect, it } from 'vitest';
import { ROOMS, type Room, SCHEDULED_ROOMS } from '../../cdk/rooms.ts';
import { permissionsOf, recordKinds } from './role-statements.ts';
import { resourcesOf, synthForewarn } from './synth-forewarn.ts';

const { stateful, stateless } = synthForewarn({ mailFrom: 'forewarn@company.test' });

const EVERYONE = [
  'logs:CreateLogStream own-logs',
  'logs:PutLogEvents own-logs',
  'xray:PutTelemetryRecords *',
  'xray:PutTraceSegments *',
];
const TELLS_KEYS = [
  'dynamodb:GetItem table if partition key#*',
  'secretsmanager:DescribeSecret pepper',
  'secretsmanager:GetSecretValue pepper',
];
const READS_HISTORY = ['s3:GetObject bucket/history/*', 's3:GetObject bucket/state/*', 's3:ListBucket bucket'];
const IS_SCHEDULED = ['sqs:SendMessage failed-runs'];
const EVERY_RECORD_OF_A_REPORT = [
  'anomaly',
  'change',
  'delivery',
  'forecast',
  'issue',
  'limit',
  'prediction',
  'series',
  'workspace',
];

const SAID_BY_PEOPLE = ['baseline', 'calendar', 'feedback', 'policy'];

/** All that a room may do, apart from records. Written out, so that a new permission is a change of this file. */
const MAY: Readonly<Record<Room, readonly string[]>> = {
  ingest: [
    ...TELLS_KEYS,
    's3:PutObject bucket/quarantine/*',
    's3:PutObject bucket/seg/*',
    'sqs:GetQueueAttributes segments',
    'sqs:GetQueueUrl segments',
    'sqs:SendMessage segments',
  ],
  detect: [
    's3:GetObject bucket/checkpoint/*',
    's3:GetObject bucket/history/*',
    's3:GetObject bucket/seg/*',
    's3:GetObject bucket/state/*',
    's3:GetObject bucket/survey/*',
    's3:ListBucket bucket',
    's3:PutObject bucket/checkpoint/*',
    's3:PutObject bucket/history/*',
    's3:PutObject bucket/quarantine/*',
    's3:PutObject bucket/state/*',
    'sqs:ChangeMessageVisibility segments',
    'sqs:DeleteMessage segments',
    'sqs:GetQueueAttributes segments',
    'sqs:GetQueueUrl segments',
    'sqs:ReceiveMessage segments',
  ],
  survey: [
    ...IS_SCHEDULED,
    's3:GetObject bucket/history/*',
    's3:GetObject bucket/state/*',
    's3:GetObject bucket/survey/*',
    's3:ListBucket bucket',
    's3:PutObject bucket/quarantine/*',
    's3:PutObject bucket/survey/*',
  ],
  forecast: [
    ...IS_SCHEDULED,
    ...READS_HISTORY,
    's3:GetObject bucket/forecasts/*',
    's3:GetObject bucket/neural/*',
    's3:PutObject bucket/forecasts/*',
    's3:PutObject bucket/quarantine/*',
  ],
  train: [...IS_SCHEDULED, ...READS_HISTORY, 's3:GetObject bucket/neural/*', 's3:PutObject bucket/neural/*'],
  decide: [...IS_SCHEDULED, ...READS_HISTORY],
  report: [...IS_SCHEDULED, ...READS_HISTORY, 's3:PutObject bucket/mail/*'],
  notify: [
    ...IS_SCHEDULED,
    's3:GetObject bucket/mail/*',
    's3:ListBucket bucket',
    'ses:SendEmail ses:identity/* if StringEquals ses:FromAddress forewarn@company.test',
    'ses:SendRawEmail ses:identity/* if StringEquals ses:FromAddress forewarn@company.test',
  ],
  query: [
    ...TELLS_KEYS,
    ...READS_HISTORY,
    's3:GetObject bucket/forecasts/*',
    's3:GetObject bucket/neural/*',
    's3:GetObject bucket/survey/*',
    'dynamodb:Query table/index/byIndex if partition *#key',
    'dynamodb:UpdateItem table if partition key#*',
  ],
};

const READS: Readonly<Record<Room, readonly string[]>> = {
  ingest: ['idempotency', 'series', 'setting', 'usage'],
  detect: ['baseline', 'calendar', 'change', 'feedback', 'policy'],
  survey: ['baseline', 'calendar', 'change', 'feedback', 'policy', 'series', 'usage', 'workspace'],
  forecast: ['calendar', 'limit', 'series', 'usage', 'workspace'],
  train: ['calendar', 'series', 'workspace'],
  decide: ['anomaly', 'change', 'forecast', 'issue', 'limit', 'prediction', 'series', 'workspace'],
  report: EVERY_RECORD_OF_A_REPORT,
  notify: ['delivery', 'workspace'],
  query: [...EVERY_RECORD_OF_A_REPORT, ...SAID_BY_PEOPLE, 'setting', 'topology', 'usage'].toSorted(),
};

const WRITES: Readonly<Record<Room, readonly string[]>> = {
  ingest: ['change', 'idempotency', 'usage'],
  detect: ['anomaly', 'series'],
  survey: ['anomaly', 'usage'],
  forecast: ['forecast', 'usage'],
  train: [],
  decide: ['issue', 'prediction'],
  report: ['delivery'],
  notify: ['delivery'],
  query: ['limit', 'topology', 'usage', ...SAID_BY_PEOPLE].toSorted(),
};

const DELETES: Partial<Record<Room, readonly string[]>> = {
  ingest: ['idempotency'],
  detect: ['anomaly'],
  query: ['limit', ...SAID_BY_PEOPLE].toSorted(),
};

const permissions = (room: Room): readonly string[] =>
  permissionsOf(stateless, `${room.charAt(0).toUpperCase()}${room.slice(1)}Role`);
const isOnRecords = (permission: string): boolean =>
  /^dynamodb:\w+ table\S* if partition \*/.test(permission) && !permission.endsWith('*#key');

describe.each(ROOMS)('%s', (room) => {
  it('may do what is written here and nothing else', () => {
    const others = permissions(room).filter((permission) => !isOnRecords(permission));

    expect(others).toEqual([...EVERYONE, ...MAY[room]].toSorted());
  });

  it('reads these records, by key and by index, and no others', () => {
    for (const action of ['GetItem', 'BatchGetItem', 'Query']) {
      expect(recordKinds(permissions(room), action), action).toEqual(READS[room]);
    }
    const byIndex = permissions(room)
      .filter(isOnRecords)
      .filter((permission) => permission.includes('table/index/byIndex'));
    expect(byIndex.length).toBe(READS[room].length === 0 ? 0 : 1);
    expect(byIndex.every((permission) => permission.startsWith('dynamodb:Query '))).toBe(true);
  });

  it('writes these records and no others, and deletes none but what people set, withdrawn anomalies, and what was sent under a key a day ago', () => {
    expect(recordKinds(permissions(room), 'UpdateItem')).toEqual(WRITES[room]);
    expect(recordKinds(permissions(room), 'DeleteItem')).toEqual(DELETES[room] ?? []);
    for (const action of ['PutItem', 'BatchWriteItem']) {
      expect(permissions(room).filter((permission) => permission.startsWith(`dynamodb:${action}`))).toEqual([]);
    }
  });

  it('can neither scan the table nor get at an item without naming its partition', () => {
    const onTable = permissions(room).filter((permission) => permission.startsWith('dynamodb:'));

    expect(onTable.filter((permission) => permission.includes('Scan'))).toEqual([]);
    expect(onTable.filter((permission) => !permission.includes(' if partition '))).toEqual([]);
  });
});

it('ingest may put segments and what is put aside, and never read, list or delete any object', () => {
  const onObjects = permissions('ingest').filter((permission) => permission.startsWith('s3:'));

  expect(onObjects).toEqual(['s3:PutObject bucket/quarantine/*', 's3:PutObject bucket/seg/*']);
});

it('no room may delete an object', () => {
  const deletes = ROOMS.flatMap((room) => permissions(room)).filter((permission) => /^s3:.*Delete/.test(permission));

  expect(deletes).toEqual([]);
});

it('only notify may send mail', () => {
  expect(ROOMS.filter((room) => permissions(room).some((permission) => permission.startsWith('ses:')))).toEqual([
    'notify',
  ]);
});

it('only ingest and query may tell whose a key is, and only query may write keys', () => {
  const readsKeys = (room: Room): boolean => permissions(room).some((permission) => permission.includes('key#'));

  expect(ROOMS.filter(readsKeys)).toEqual(['ingest', 'query']);
  expect(ROOMS.filter((room) => permissions(room).some((permission) => /UpdateItem.*key/.test(permission)))).toEqual([
    'query',
  ]);
});

it.each(SCHEDULED_ROOMS)('the schedule of %s may call its function and report that it could not', (room) => {
  const role = `${room.charAt(0).toUpperCase()}${room.slice(1)}ScheduleRole`;

  expect(permissionsOf(stateless, role)).toEqual([
    'lambda:InvokeFunction function',
    'sqs:GetQueueAttributes failed-runs',
    'sqs:GetQueueUrl failed-runs',
    'sqs:SendMessage failed-runs',
  ]);
});

it('no role carries a managed policy', () => {
  for (const template of [stateful, stateless]) {
    for (const [id, role] of resourcesOf(template, 'AWS::IAM::Role')) {
      expect(role.Properties.ManagedPolicyArns, id).toBeUndefined();
    }
  }
});
