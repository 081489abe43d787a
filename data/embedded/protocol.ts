import type { MessagePort } from 'node:worker_threads';
import type { ErrorCode } from '../../functions/platform/errors.ts';
import type { ItemKey, ObjectEntry, PutCondition, PutResult, ReceivedMessage, WriteCondition } from '../contracts.ts';

/** What a client may ask of the thread that owns the database: name, question, answer. */
export interface Operations {
  'objects/put': { readonly ask: ObjectPut; readonly answer: ObjectPutAnswer };
  'objects/find': { readonly ask: ObjectFind; readonly answer: FoundObject | undefined };
  'objects/head': { readonly ask: string; readonly answer: ObjectEntry | undefined };
  'objects/list': { readonly ask: ObjectList; readonly answer: readonly ObjectEntry[] };
  'objects/delete': { readonly ask: string; readonly answer: { readonly file: string | null } };
  'objects/aged': { readonly ask: AgedAsk; readonly answer: readonly AgedObject[] };
  'objects/expire': { readonly ask: Expiry; readonly answer: Expired };
  'queue/send': { readonly ask: QueueSend; readonly answer: undefined };
  'queue/receive': { readonly ask: QueueReceive; readonly answer: QueueReceived };
  'queue/delete': { readonly ask: QueueReceipts; readonly answer: undefined };
  'queue/release': { readonly ask: QueueRelease; readonly answer: undefined };
  'queue/depth': { readonly ask: { readonly nowMs: number }; readonly answer: QueueDepth };
  'queue/bodies': { readonly ask: BodiesAsk; readonly answer: readonly NumberedBody[] };
  'queue/forget': { readonly ask: { readonly diedBeforeMs: number; readonly limit: number }; readonly answer: number };
  'table/get': { readonly ask: readonly ItemKey[]; readonly answer: readonly ItemRow[] };
  'table/put': { readonly ask: ItemPut; readonly answer: number | undefined };
  'table/putAll': { readonly ask: readonly ItemPut[]; readonly answer: undefined };
  'table/update': { readonly ask: ItemUpdate; readonly answer: number | undefined };
  'table/query': { readonly ask: RowQuery; readonly answer: readonly ItemRow[] };
  'table/delete': { readonly ask: ItemKey; readonly answer: undefined };
}

export type OperationName = keyof Operations;
export type Ask<O extends OperationName> = Operations[O]['ask'];
export type Answer<O extends OperationName> = Operations[O]['answer'];
export type Handlers = { readonly [O in OperationName]: (ask: Ask<O>) => Answer<O> };

/** Small objects come with their bytes, large ones with the name of the file that already holds them. */
export interface ObjectPut {
  readonly key: string;
  readonly sizeBytes: number;
  readonly body: Uint8Array | null;
  readonly file: string | null;
  readonly condition: PutCondition | undefined;
  readonly nowMs: number;
}
/** `replacedFile`: no row names it any more. */
export type ObjectPutAnswer = PutResult & { readonly replacedFile?: string };
export interface ObjectFind {
  readonly key: string;
  readonly startByte: number;
  readonly endByte: number;
}
/** Exactly one of body (already cut to the range) and file is set. */
export interface FoundObject {
  readonly etag: string;
  readonly body: Uint8Array | null;
  readonly file: string | null;
}
export interface ObjectList {
  /** Included. */
  readonly from: string;
  /** Excluded. */
  readonly to: string;
  readonly after: string | undefined;
  readonly limit: number;
}

/** Where a page of segments by age ended. */
export interface AgePosition {
  readonly createdAtMs: number;
  readonly version: number;
}
/** Segments from before a time, oldest first. */
export interface AgedAsk {
  readonly createdBeforeMs: number;
  readonly after: AgePosition | undefined;
  readonly limit: number;
}
export interface AgedObject extends AgePosition {
  readonly key: string;
}
/** Those of these segments that are still from before the time. */
export interface Expiry {
  readonly versions: readonly number[];
  readonly createdBeforeMs: number;
}
/** `files`: no row names them any more. */
export interface Expired {
  readonly objects: number;
  readonly sizeBytes: number;
  readonly files: readonly string[];
}

export interface QueueSend {
  readonly nowMs: number;
  readonly messages: readonly { readonly group: string; readonly dedupId: string; readonly body: string }[];
}
export interface QueueReceive {
  readonly nowMs: number;
  readonly maxMessages: number;
  readonly maxReceives: number;
  readonly visibilityMs: number;
  /** Tell this port when the queue changed, if nothing could be given out now. */
  readonly waits: boolean;
}
export interface QueueReceived {
  readonly messages: readonly ReceivedMessage[];
  /** When the next message in flight times out. */
  readonly nextVisibleMs: number | undefined;
}
export interface QueueReceipts {
  readonly nowMs: number;
  readonly receipts: readonly string[];
}
export interface QueueRelease extends QueueReceipts {
  readonly delayMs: number;
}
export interface QueueDepth {
  readonly waiting: number;
  readonly inFlight: number;
  readonly dead: number;
}

export interface BodiesAsk {
  readonly from: 'living' | 'dead';
  readonly afterSequence: number;
  readonly limit: number;
}
export interface NumberedBody {
  readonly sequence: number;
  readonly body: string;
}

export interface ItemPut {
  readonly key: ItemKey;
  readonly body: string;
  readonly index: ItemKey | undefined;
  readonly condition: WriteCondition | undefined;
}
export interface ItemUpdate {
  readonly key: ItemKey;
  readonly set: string;
  /** undefined leaves the place in the index as it is, null takes the item out. */
  readonly index: ItemKey | null | undefined;
  readonly condition: WriteCondition | undefined;
}
export interface ItemRow {
  readonly key: ItemKey;
  readonly body: string;
  readonly index: ItemKey | undefined;
  readonly revision: number;
}
export interface RowQuery {
  readonly partition: string;
  readonly byIndex: boolean;
  readonly from: string | undefined;
  readonly to: string | undefined;
  readonly after: { readonly sort: string; readonly item?: ItemKey } | undefined;
  readonly descending: boolean;
  readonly limit: number;
}

export type Request = {
  readonly [O in OperationName]: { readonly id: number; readonly operation: O; readonly ask: Ask<O> };
}[OperationName];

/** An error as it crosses the thread boundary. */
export type WireError =
  | {
      readonly kind: 'service';
      readonly code: ErrorCode;
      readonly message: string;
      readonly retryable: boolean;
      readonly details: Readonly<Record<string, unknown>>;
    }
  | { readonly kind: 'range'; readonly message: string };

export type Reply =
  | { readonly id: number; readonly answer: unknown }
  | { readonly id: number; readonly error: WireError };

/** From the thread to a client: first the place of the large objects, then replies and wake-ups. */
export type FromThread =
  | { readonly kind: 'hello'; readonly objectsDirectory: string }
  | { readonly kind: 'reply'; readonly reply: Reply }
  | { readonly kind: 'wake' };

/** What the thread is started with. */
export interface StoreThreadData {
  readonly directory: string;
  readonly nowMs: number;
}

/** From the owner of the thread. */
export type ToThread = { readonly kind: 'connect'; readonly port: MessagePort } | { readonly kind: 'close' };

export type ThreadStatus =
  | { readonly kind: 'ready' }
  | { readonly kind: 'closed' }
  | { readonly kind: 'failed'; readonly error: WireError };
