import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { DeduplicationScope, FifoThroughputLimit, Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';

export interface QueueWithDlqProps {
  /** Timeout of the function that consumes it: a message is hidden six times as long, so that slow work is not done twice. */
  readonly consumerTimeout: Duration;
}

/** A message is tried this often before it is put aside; fewer would put aside what only met a short outage. */
const MAX_RECEIVES = 5;
// The age of a message is counted from its first sending, so dead letters must be kept longer than live ones.
const RETENTION_DAYS = 4;
const DEAD_RETENTION_DAYS = 14;

/** A FIFO queue, ordered within each message group, and the dead letters of it. */
export class QueueWithDlq extends Construct {
  readonly queue: Queue;
  readonly deadLetters: Queue;

  constructor(scope: Construct, id: string, props: QueueWithDlqProps) {
    super(scope, id);
    this.deadLetters = new Queue(this, 'DeadLetters', {
      fifo: true,
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: Duration.days(DEAD_RETENTION_DAYS),
      removalPolicy: RemovalPolicy.RETAIN,
    });
    this.queue = new Queue(this, 'Queue', {
      fifo: true,
      // Order and deduplication are per shard: the queue as a whole may then be as fast as all its shards together.
      fifoThroughputLimit: FifoThroughputLimit.PER_MESSAGE_GROUP_ID,
      deduplicationScope: DeduplicationScope.MESSAGE_GROUP,
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: Duration.days(RETENTION_DAYS),
      visibilityTimeout: Duration.seconds(6 * props.consumerTimeout.toSeconds()),
      deadLetterQueue: { queue: this.deadLetters, maxReceiveCount: MAX_RECEIVES },
      removalPolicy: RemovalPolicy.RETAIN,
    });
  }
}
