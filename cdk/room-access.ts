import { Stack } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { RecordKind } from './constructs/record-table.ts';
import type { ObjectPrefix } from './constructs/telemetry-bucket.ts';
import type { Room } from './rooms.ts';
import type { StatefulStack } from './stacks/stateful-stack.ts';

/** All that a room may do beyond its own logs. What is absent is refused. */
export interface RoomAccess {
  readonly readObjects?: readonly ObjectPrefix[];
  readonly putObjects?: readonly ObjectPrefix[];
  readonly readRecords?: readonly RecordKind[];
  readonly writeRecords?: readonly RecordKind[];
  readonly deleteRecords?: readonly RecordKind[];
  /** Tell whose an API key is: the key's record, and the pepper of its digest. */
  readonly authenticates?: true;
  /** Makes, lists and revokes API keys. */
  readonly managesKeys?: true;
  readonly sendsSegments?: true;
  readonly sendsMail?: true;
}

export const ROOM_ACCESS: Readonly<Record<Room, RoomAccess>> = {
  ingest: {
    // What Firehose delivers and nobody can read is put aside: Firehose would bring it again and again.
    putObjects: ['seg', 'quarantine'],
    // What was refused is counted. Settings are limits of the workspace; the registry tells which series are new.
    readRecords: ['usage', 'setting', 'series', 'idempotency'],
    writeRecords: ['change', 'usage', 'idempotency'],
    // What was sent under a key of the sender's own is forgotten after a day.
    deleteRecords: ['idempotency'],
    authenticates: true,
    sendsSegments: true,
  },
  detect: {
    // Late samples are learned anew from a checkpoint and the raw history since.
    readObjects: ['seg', 'state', 'history', 'checkpoint', 'survey'],
    putObjects: ['state', 'history', 'checkpoint', 'quarantine'],
    // What people have said of the series, and the changes that are watched.
    readRecords: ['policy', 'calendar', 'baseline', 'feedback', 'change'],
    writeRecords: ['series', 'anomaly'],
    // What late samples have shown not to be an anomaly is withdrawn.
    deleteRecords: ['anomaly'],
  },
  survey: {
    readObjects: ['state', 'history', 'survey'],
    // What the table refuses is put aside and counted.
    putObjects: ['survey', 'quarantine'],
    // What people have said holds for findings on several series too.
    readRecords: ['workspace', 'series', 'policy', 'calendar', 'baseline', 'feedback', 'change', 'usage'],
    writeRecords: ['anomaly', 'usage'],
  },
  forecast: {
    // What is kept of a shard's forecasts: those of earlier days, its limited series, and days of long ago.
    readObjects: ['state', 'history', 'forecasts', 'neural'],
    // What the table refuses is put aside and counted.
    putObjects: ['forecasts', 'quarantine'],
    // Hours that a calendar excludes from training are no part of a forecast's past.
    readRecords: ['workspace', 'series', 'limit', 'calendar', 'usage'],
    writeRecords: ['forecast', 'usage'],
  },
  train: {
    readObjects: ['state', 'history', 'neural'],
    putObjects: ['neural'],
    readRecords: ['workspace', 'series', 'calendar'],
  },
  decide: {
    readObjects: ['state', 'history'],
    readRecords: ['workspace', 'series', 'limit', 'forecast', 'prediction', 'anomaly', 'issue', 'change'],
    writeRecords: ['prediction', 'issue'],
  },
  report: {
    readObjects: ['state', 'history'],
    putObjects: ['mail'],
    readRecords: ['workspace', 'series', 'limit', 'forecast', 'prediction', 'anomaly', 'issue', 'change', 'delivery'],
    writeRecords: ['delivery'],
  },
  notify: {
    readObjects: ['mail'],
    readRecords: ['workspace', 'delivery'],
    writeRecords: ['delivery'],
    sendsMail: true,
  },
  query: {
    // Of the survey the shapes of peers, by which newcomers were judged.
    readObjects: ['state', 'history', 'survey', 'forecasts', 'neural'],
    readRecords: [
      'workspace',
      'series',
      'limit',
      'forecast',
      'prediction',
      'anomaly',
      'issue',
      'change',
      'delivery',
      'topology',
      'usage',
      'setting',
      'policy',
      'calendar',
      'baseline',
      'feedback',
    ],
    // What people set, through the same API; and of each key it is noted when it was last used.
    writeRecords: ['limit', 'topology', 'usage', 'policy', 'calendar', 'baseline', 'feedback'],
    deleteRecords: ['limit', 'policy', 'calendar', 'baseline', 'feedback'],
    authenticates: true,
    managesKeys: true,
  },
};

export function grantRoomAccess(room: Room, to: IFunction, stateful: StatefulStack, mailFrom: string): void {
  const access = ROOM_ACCESS[room];
  const { telemetry, records, segments, pepper } = stateful;
  if (access.readObjects) telemetry.grantRead(to, access.readObjects);
  if (access.putObjects) telemetry.grantPut(to, access.putObjects);
  if (access.readRecords) records.grantRead(to, access.readRecords);
  if (access.writeRecords) records.grantWrite(to, access.writeRecords);
  if (access.deleteRecords) records.grantDelete(to, access.deleteRecords);
  if (access.authenticates) {
    records.grantFindKey(to);
    pepper.grantRead(to);
  }
  if (access.managesKeys) records.grantManageKeys(to);
  if (access.sendsSegments) segments.queue.grantSendMessages(to);
  if (access.sendsMail) to.addToRolePolicy(mailStatement(to, mailFrom));
}

/** Any identity of the account, but one sender: SES checks the identities of recipients too while it is in its sandbox. */
function mailStatement(to: IFunction, mailFrom: string): PolicyStatement {
  return new PolicyStatement({
    actions: ['ses:SendEmail', 'ses:SendRawEmail'],
    resources: [Stack.of(to).formatArn({ service: 'ses', resource: 'identity', resourceName: '*' })],
    conditions: { StringEquals: { 'ses:FromAddress': mailFrom } },
  });
}
