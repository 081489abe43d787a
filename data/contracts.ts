/**
 * The three contracts that everything at rest stands on: objects, queue and table.
 *
 * Each has an embedded adapter (SQLite and files) and an AWS adapter (S3, SQS FIFO, DynamoDB); one suite runs against
 * both (`test/contract`). No contract uses a feature that only one side has. Where the world fails (no disk, throttled,
 * unreachable) every operation throws a ServiceError with code `store/unavailable`.
 */

export interface StoredObject {
  readonly bytes: Uint8Array;
  /** Changes with every put of the key; opaque. */
  readonly etag: string;
}

export interface ObjectEntry {
  readonly key: string;
  readonly sizeBytes: number;
  readonly etag: string;
}

/** `absent`: only where nothing has this key. `match`: only where the object still has this etag. */
export type PutCondition = { readonly kind: 'absent' } | { readonly kind: 'match'; readonly etag: string };

export type PutResult = { readonly kind: 'stored'; readonly etag: string } | { readonly kind: 'conflict' };

/** Keys: 1 to 1,024 bytes of `[A-Za-z0-9._/=-]`, no empty segment, `.` or `..`. */
export interface Objects {
  /** Durable (synced) when it resolves. A `match` on nothing is a conflict. The bytes are not kept by the callee. */
  put(key: string, bytes: Uint8Array, condition?: PutCondition): Promise<PutResult>;
  get(key: string): Promise<StoredObject | undefined>;
  /** Bytes from startByte up to and without endByte; what lies beyond the end is left out. */
  getRange(key: string, startByte: number, endByte: number): Promise<StoredObject | undefined>;
  head(key: string): Promise<ObjectEntry | undefined>;
  /** Keys with the prefix in ascending byte order, at most 1,000 a page. */
  list(
    prefix: string,
    cursor?: string,
  ): Promise<{ readonly entries: readonly ObjectEntry[]; readonly cursor?: string }>;
  /** Deleting what is not there is no error. */
  delete(key: string): Promise<void>;
}

export interface OutgoingMessage {
  /** Messages of one group are received in the order in which they were sent. */
  readonly group: string;
  /** A second message with this id within five minutes is accepted and dropped. */
  readonly dedupId: string;
  /** At most 256 KiB of XML-legal text: a pointer, never label text. */
  readonly body: string;
}

export interface ReceivedMessage {
  readonly messageId: string;
  readonly group: string;
  readonly body: string;
  /** How often it was received, this time included. */
  readonly receiveCount: number;
  /** Valid until the visibility timeout passes or the message is deleted. */
  readonly receipt: string;
}

export interface Queue {
  /** Durable when it resolves. Order within a group is the order of the array, and of resolved calls. */
  send(messages: readonly OutgoingMessage[]): Promise<void>;
  /**
   * Up to maxMessages, in order within each group. While a message of a group is in flight (received, neither deleted nor
   * timed out) no later message of that group is given out. Waits up to waitMs for something to come.
   * A message received maxReceives times without being deleted goes to the dead letters.
   */
  receive(options: {
    readonly maxMessages: number;
    readonly visibilityMs: number;
    readonly waitMs: number;
  }): Promise<readonly ReceivedMessage[]>;
  /** Done with these. A receipt that is no longer valid is ignored. */
  delete(receipts: readonly string[]): Promise<void>;
  /** Makes these visible again after delayMs, without waiting for their timeout. */
  release(receipts: readonly string[], delayMs: number): Promise<void>;
  /** Approximate on AWS. */
  depth(): Promise<{ readonly waiting: number; readonly inFlight: number; readonly dead: number }>;
}

export interface ItemKey {
  readonly partition: string;
  readonly sort: string;
}

/** A JSON object without undefined, NaN and Infinity; at most 400 KB as JSON. */
export type ItemBody = Readonly<Record<string, unknown>>;

export interface Item extends ItemKey {
  readonly body: ItemBody;
  /** Place in the one secondary index; absent = not in the index. */
  readonly index?: ItemKey;
  /** 1 after the first put, one more after every put or update. */
  readonly revision: number;
}

export type NewItem = Omit<Item, 'revision'>;

/** `absent`: only where nothing has this key. `revision`: only where the item still has this revision. */
export type WriteCondition =
  | { readonly kind: 'absent' }
  | { readonly kind: 'present' }
  | { readonly kind: 'revision'; readonly revision: number };

export type WriteResult = { readonly kind: 'stored'; readonly revision: number } | { readonly kind: 'conflict' };

export interface ItemQuery {
  readonly partition: string;
  /** Ask the secondary index instead of the table; it may lag a moment behind on AWS. */
  readonly byIndex?: boolean;
  /** Sort keys from (included) and to (excluded), or those with a prefix; compared by UTF-8 bytes. */
  readonly from?: string;
  readonly to?: string;
  readonly prefix?: string;
  readonly descending?: boolean;
  readonly limit: number;
  /** From the page before. */
  readonly cursor?: string;
}

export interface ItemPage {
  readonly items: readonly Item[];
  readonly cursor?: string;
}

/** Items are read consistently by key and by partition. */
export interface Table {
  get(key: ItemKey): Promise<Item | undefined>;
  /** Found items in any order; absent ones are left out. Any number of keys. */
  batchGet(keys: readonly ItemKey[]): Promise<readonly Item[]>;
  /** Replaces the whole item. */
  put(item: NewItem, condition?: WriteCondition): Promise<WriteResult>;
  /** Sets top-level fields of the body and, where given, the index place; `conflict` where the item is absent. */
  update(
    key: ItemKey,
    set: ItemBody,
    options?: { readonly condition?: WriteCondition; readonly index?: ItemKey | null },
  ): Promise<WriteResult>;
  query(query: ItemQuery): Promise<ItemPage>;
  /** Unconditional puts, any number, not atomic together; resolves when all are stored. */
  batchPut(items: readonly NewItem[]): Promise<void>;
  delete(key: ItemKey): Promise<void>;
}
