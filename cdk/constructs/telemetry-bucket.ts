import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { AnyPrincipal, Effect, Grant, type IGrantable, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { BlockPublicAccess, Bucket, BucketEncryption, ObjectOwnership } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';

export interface TelemetryBucketProps {
  /** Accepted batches are deleted after this many days. */
  readonly segmentDays: number;
  /** Replaced and deleted versions are kept this many days. */
  readonly supersededDays: number;
}

/** First segment of every object key, and with it the unit of permission. */
export type ObjectPrefix =
  | 'seg'
  | 'state'
  | 'history'
  | 'checkpoint'
  | 'survey'
  | 'neural'
  | 'forecasts'
  | 'mail'
  | 'quarantine';

const ACCESS_LOG_DAYS = 90;

/** The one bucket: private, encrypted, TLS only, versioned; what must be conditional can only be written conditionally. */
export class TelemetryBucket extends Construct {
  readonly bucket: Bucket;

  constructor(scope: Construct, id: string, props: TelemetryBucketProps) {
    super(scope, id);
    const accessLogs = new Bucket(this, 'AccessLogs', {
      ...PRIVATE,
      lifecycleRules: [{ id: 'expire', expiration: Duration.days(ACCESS_LOG_DAYS) }],
    });
    this.bucket = new Bucket(this, 'Bucket', {
      ...PRIVATE,
      versioned: true,
      serverAccessLogsBucket: accessLogs,
      serverAccessLogsPrefix: 'telemetry/',
      lifecycleRules: [
        { id: 'segments', prefix: 'seg/', expiration: Duration.days(props.segmentDays) },
        {
          id: 'superseded',
          noncurrentVersionExpiration: Duration.days(props.supersededDays),
          expiredObjectDeleteMarker: true,
          abortIncompleteMultipartUploadAfter: Duration.days(1),
        },
      ],
    });
    this.#denyUnconditionalPut('SegmentsAreImmutable', 'seg', ['s3:if-none-match']);
    this.#denyUnconditionalPut('StateIsReplacedNeverOverwritten', 'state', ['s3:if-match', 's3:if-none-match']);
  }

  /** Also asks for the right to list: without it S3 answers 403 instead of 404 for what is not there. */
  grantRead(grantee: IGrantable, prefixes: readonly ObjectPrefix[]): void {
    this.#grant(grantee, 's3:GetObject', prefixes);
    Grant.addToPrincipal({ grantee, actions: ['s3:ListBucket'], resourceArns: [this.bucket.bucketArn] });
  }

  grantPut(grantee: IGrantable, prefixes: readonly ObjectPrefix[]): void {
    this.#grant(grantee, 's3:PutObject', prefixes);
  }

  #grant(grantee: IGrantable, action: string, prefixes: readonly ObjectPrefix[]): void {
    const resourceArns = prefixes.map((prefix) => this.bucket.arnForObjects(`${prefix}/*`));
    Grant.addToPrincipal({ grantee, actions: [action], resourceArns });
  }

  #denyUnconditionalPut(sid: string, prefix: ObjectPrefix, conditionKeys: readonly string[]): void {
    this.bucket.addToResourcePolicy(
      new PolicyStatement({
        sid,
        effect: Effect.DENY,
        principals: [new AnyPrincipal()],
        actions: ['s3:PutObject'],
        resources: [this.bucket.arnForObjects(`${prefix}/*`)],
        conditions: { Null: Object.fromEntries(conditionKeys.map((key) => [key, 'true'])) },
      }),
    );
  }
}

const PRIVATE = {
  blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
  encryption: BucketEncryption.S3_MANAGED,
  enforceSSL: true,
  minimumTLSVersion: 1.2,
  objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
  removalPolicy: RemovalPolicy.RETAIN,
} as const;
