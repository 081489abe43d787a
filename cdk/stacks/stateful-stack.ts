import { RemovalPolicy, Stack, type StackProps } from 'aws-cdk-lib';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';
import { QueueWithDlq } from '../constructs/queue-with-dlq.ts';
import { RecordTable } from '../constructs/record-table.ts';
import { TelemetryBucket } from '../constructs/telemetry-bucket.ts';
import { ROOM_SIZES } from '../rooms.ts';
import type { Stage } from '../stages.ts';

export interface StatefulStackProps extends StackProps {
  readonly stage: Stage;
}

/** What survives every deployment, and the removal of the other stacks. Ids in here never change. */
export class StatefulStack extends Stack {
  readonly telemetry: TelemetryBucket;
  readonly records: RecordTable;
  readonly segments: QueueWithDlq;
  /** Mixed into the digest of every API key; generated here, known to nobody. */
  readonly pepper: Secret;

  constructor(scope: Construct, id: string, { stage, ...props }: StatefulStackProps) {
    super(scope, id, { ...props, terminationProtection: stage.deletionProtection });
    this.telemetry = new TelemetryBucket(this, 'Telemetry', {
      segmentDays: stage.segmentDays,
      supersededDays: stage.supersededDays,
    });
    this.records = new RecordTable(this, 'Records', { deletionProtection: stage.deletionProtection });
    this.segments = new QueueWithDlq(this, 'Segments', { consumerTimeout: ROOM_SIZES.detect.timeout });
    this.pepper = new Secret(this, 'Pepper', {
      description: 'Forewarn: mixed into the digest of every API key; replacing it makes all keys invalid',
      generateSecretString: { passwordLength: 64, excludePunctuation: true },
      removalPolicy: RemovalPolicy.RETAIN,
    });
  }
}
