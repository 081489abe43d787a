import { Match } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import { ROOM_SIZES } from '../../cdk/rooms.ts';
import { onlyResource, resourcesOf, synthForewarn } from './synth-forewarn.ts';

const { stateful } = synthForewarn();
const production = synthForewarn({ stage: 'production' });

const DAY_SECONDS = 86_400;

describe('bucket', () => {
  it('is private, encrypted and versioned', () => {
    const blockAll = {
      BlockPublicAcls: true,
      BlockPublicPolicy: true,
      IgnorePublicAcls: true,
      RestrictPublicBuckets: true,
    };

    for (const bucket of resourcesOf(stateful, 'AWS::S3::Bucket').values()) {
      expect(bucket.Properties.PublicAccessBlockConfiguration).toEqual(blockAll);
      expect(bucket.Properties.BucketEncryption).toBeDefined();
    }
    expect(onlyResource(stateful, 'AWS::S3::Bucket', 'TelemetryBucket').Properties.VersioningConfiguration).toEqual({
      Status: 'Enabled',
    });
  });

  it('refuses every request that is not TLS 1.2 or newer', () => {
    for (const policy of resourcesOf(stateful, 'AWS::S3::BucketPolicy').values()) {
      expect(policy.Properties.PolicyDocument).toMatchObject({
        Statement: expect.arrayContaining([
          expect.objectContaining({ Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } }),
          expect.objectContaining({ Effect: 'Deny', Condition: { NumericLessThan: { 's3:TlsVersion': 1.2 } } }),
        ]),
      });
    }
  });

  it('lets accepted batches expire after 30 days, and no other current object', () => {
    const { LifecycleConfiguration } = onlyResource(stateful, 'AWS::S3::Bucket', 'TelemetryBucket').Properties;
    const { Rules } = LifecycleConfiguration as { Rules: readonly Record<string, unknown>[] };

    expect(Rules.filter((rule) => 'ExpirationInDays' in rule)).toEqual([
      expect.objectContaining({ Prefix: 'seg/', ExpirationInDays: 30, Status: 'Enabled' }),
    ]);
    expect(Rules).toContainEqual(
      expect.objectContaining({ NoncurrentVersionExpiration: { NoncurrentDays: 3 }, Status: 'Enabled' }),
    );
  });

  it.each([
    ['seg', { 's3:if-none-match': 'true' }],
    ['state', { 's3:if-match': 'true', 's3:if-none-match': 'true' }],
  ])('refuses puts to %s/ that are not conditional', (prefix, absentKeys) => {
    stateful.hasResourceProperties('AWS::S3::BucketPolicy', {
      PolicyDocument: {
        Statement: Match.arrayWith([
          Match.objectLike({
            Effect: 'Deny',
            Action: 's3:PutObject',
            Resource: { 'Fn::Join': ['', Match.arrayWith([`/${prefix}/*`])] },
            Condition: { Null: absentKeys },
          }),
        ]),
      },
    });
  });
});

describe('table', () => {
  it('is paid by request and can be restored to any second of 35 days', () => {
    stateful.hasResourceProperties('AWS::DynamoDB::Table', {
      BillingMode: 'PAY_PER_REQUEST',
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true, RecoveryPeriodInDays: 35 },
    });
  });

  it('has the keys and the index that the table adapter asks for', () => {
    stateful.hasResourceProperties('AWS::DynamoDB::Table', {
      KeySchema: [
        { AttributeName: 'pk', KeyType: 'HASH' },
        { AttributeName: 'sk', KeyType: 'RANGE' },
      ],
      GlobalSecondaryIndexes: [
        {
          IndexName: 'byIndex',
          KeySchema: [
            { AttributeName: 'ipk', KeyType: 'HASH' },
            { AttributeName: 'isk', KeyType: 'RANGE' },
          ],
          Projection: { ProjectionType: 'ALL' },
        },
      ],
    });
  });

  it('and stack refuse to be deleted in production', () => {
    production.stateful.hasResourceProperties('AWS::DynamoDB::Table', { DeletionProtectionEnabled: true });
    expect(production.stacks.stateful.terminationProtection).toBe(true);
  });
});

describe('queue', () => {
  const live = onlyResource(stateful, 'AWS::SQS::Queue', 'SegmentsQueue').Properties;
  const dead = onlyResource(stateful, 'AWS::SQS::Queue', 'SegmentsDeadLetters').Properties;

  it('is first in first out, and so are its dead letters', () => {
    expect([live.FifoQueue, dead.FifoQueue]).toEqual([true, true]);
  });

  it('puts a message aside after five tries', () => {
    expect(live.RedrivePolicy).toMatchObject({ maxReceiveCount: 5 });
  });

  it('hides a message for at least six times as long as detect may work on it', () => {
    expect(live.VisibilityTimeout).toBeGreaterThanOrEqual(6 * ROOM_SIZES.detect.timeout.toSeconds());
  });

  it('keeps dead letters longer than live ones, since the age counts from the first sending', () => {
    expect(live.MessageRetentionPeriod).toBe(4 * DAY_SECONDS);
    expect(dead.MessageRetentionPeriod).toBe(14 * DAY_SECONDS);
  });

  it('keeps a message, living and then dead, for less time than the segment that it names', () => {
    for (const template of [stateful, production.stateful]) {
      const { LifecycleConfiguration } = onlyResource(template, 'AWS::S3::Bucket', 'TelemetryBucket').Properties;
      const { Rules } = LifecycleConfiguration as { Rules: readonly { Prefix?: string; ExpirationInDays?: number }[] };
      const segmentDays = Rules.find(({ Prefix }) => Prefix === 'seg/')?.ExpirationInDays;

      expect(segmentDays).toBeGreaterThan(4 + 14);
    }
  });

  it('is encrypted and refuses what is not TLS', () => {
    const queues = resourcesOf(stateful, 'AWS::SQS::Queue');

    for (const queue of queues.values()) expect(queue.Properties.SqsManagedSseEnabled).toBe(true);
    expect(resourcesOf(stateful, 'AWS::SQS::QueuePolicy').size).toBe(queues.size);
  });
});

describe('stateful stack', () => {
  it('keeps every resource that holds data when the stack is deleted', () => {
    const holdsData = ['AWS::S3::Bucket', 'AWS::DynamoDB::Table', 'AWS::SQS::Queue', 'AWS::SecretsManager::Secret'];

    for (const type of holdsData) {
      for (const [id, resource] of resourcesOf(stateful, type)) {
        expect(resource.DeletionPolicy, id).toBe('Retain');
      }
    }
  });

  it('keeps the logical ids of its resources, since a new id is a new and empty resource', () => {
    const ids = Object.keys(stateful.toJSON().Resources).toSorted();

    expect(ids).toMatchInlineSnapshot(`
      [
        "Pepper2B9638F2",
        "RecordsTableC9B7A30B",
        "SegmentsDeadLetters9FE0492A",
        "SegmentsDeadLettersPolicy016C9A34",
        "SegmentsQueue881C98CB",
        "SegmentsQueuePolicy70D33832",
        "TelemetryAccessLogs9CD1FB34",
        "TelemetryAccessLogsPolicy7CCE9E9A",
        "TelemetryBucketFB1718EF",
        "TelemetryBucketPolicyF95C3256",
      ]
    `);
  });

  it('has the pepper made by Secrets Manager, so that nobody has seen it', () => {
    stateful.hasResourceProperties('AWS::SecretsManager::Secret', {
      GenerateSecretString: { PasswordLength: 64 },
      SecretString: Match.absent(),
    });
  });
});
