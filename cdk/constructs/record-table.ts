import { RemovalPolicy } from 'aws-cdk-lib';
import { AttributeType, BillingMode, ProjectionType, Table, TableEncryption } from 'aws-cdk-lib/aws-dynamodb';
import { Grant, type IGrantable } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import {
  INDEX_NAME,
  INDEX_PARTITION_ATTRIBUTE,
  INDEX_SORT_ATTRIBUTE,
  PARTITION_ATTRIBUTE,
  SORT_ATTRIBUTE,
} from '../../data/aws/table-schema.ts';

export interface RecordTableProps {
  /** The table refuses to be deleted until this is switched off. */
  readonly deletionProtection: boolean;
}

/**
 * What a record is of: the word in its partition key, and with it the unit of permission.
 *
 * Records live in `<workspace>#<kind>` and in the index under `<workspace>#<kind>#<value>`; keys in `key#<keyId>`.
 */
export type RecordKind =
  | 'series'
  | 'limit'
  | 'forecast'
  | 'prediction'
  | 'anomaly'
  | 'issue'
  | 'change'
  | 'delivery'
  | 'topology'
  | 'usage'
  | 'idempotency'
  | 'setting'
  | 'policy'
  | 'calendar'
  | 'baseline'
  | 'feedback'
  | 'workspace';

const READ_ACTIONS = ['dynamodb:GetItem', 'dynamodb:BatchGetItem', 'dynamodb:Query'];
/** Puts are updates too: only an update can count an item's revisions. */
const WRITE_ACTIONS = ['dynamodb:UpdateItem'];

/** The one table: paid by request, encrypted, restorable to any second of the last 35 days. */
export class RecordTable extends Construct {
  readonly table: Table;

  constructor(scope: Construct, id: string, props: RecordTableProps) {
    super(scope, id);
    this.table = new Table(this, 'Table', {
      partitionKey: { name: PARTITION_ATTRIBUTE, type: AttributeType.STRING },
      sortKey: { name: SORT_ATTRIBUTE, type: AttributeType.STRING },
      billingMode: BillingMode.PAY_PER_REQUEST,
      encryption: TableEncryption.DEFAULT,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true, recoveryPeriodInDays: 35 },
      deletionProtection: props.deletionProtection,
      removalPolicy: RemovalPolicy.RETAIN,
    });
    this.table.addGlobalSecondaryIndex({
      indexName: INDEX_NAME,
      partitionKey: { name: INDEX_PARTITION_ATTRIBUTE, type: AttributeType.STRING },
      sortKey: { name: INDEX_SORT_ATTRIBUTE, type: AttributeType.STRING },
      projectionType: ProjectionType.ALL,
    });
  }

  /** Records of these kinds, by key and by index. */
  grantRead(grantee: IGrantable, kinds: readonly RecordKind[]): void {
    this.#grant(grantee, READ_ACTIONS, this.table.tableArn, kinds.map(partitionsOf));
    this.#grant(grantee, ['dynamodb:Query'], this.#indexArn, kinds.map(indexPartitionsOf));
  }

  /** The key with a given id and nothing more: neither other records nor a list of keys. */
  grantFindKey(grantee: IGrantable): void {
    this.#grant(grantee, ['dynamodb:GetItem'], this.table.tableArn, ['key#*']);
  }

  /** Makes, lists and revokes keys. */
  grantManageKeys(grantee: IGrantable): void {
    this.#grant(grantee, WRITE_ACTIONS, this.table.tableArn, ['key#*']);
    this.#grant(grantee, ['dynamodb:Query'], this.#indexArn, ['*#key']);
  }

  grantWrite(grantee: IGrantable, kinds: readonly RecordKind[]): void {
    this.#grant(grantee, WRITE_ACTIONS, this.table.tableArn, kinds.map(partitionsOf));
  }

  grantDelete(grantee: IGrantable, kinds: readonly RecordKind[]): void {
    this.#grant(grantee, ['dynamodb:DeleteItem'], this.table.tableArn, kinds.map(partitionsOf));
  }

  get #indexArn(): string {
    return `${this.table.tableArn}/index/${INDEX_NAME}`;
  }

  // A condition on leading keys lets a scan pass, which has none: hence no grant contains a scan.
  #grant(grantee: IGrantable, actions: readonly string[], resourceArn: string, partitions: readonly string[]): void {
    Grant.addToPrincipal({
      grantee,
      actions: [...actions],
      resourceArns: [resourceArn],
      conditions: { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': partitions } },
    });
  }
}

function partitionsOf(kind: RecordKind): string {
  return `*#${kind}`;
}

function indexPartitionsOf(kind: RecordKind): string {
  return `*#${kind}#*`;
}
