import { join } from 'node:path';
import { type MessagePort, parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import { OBJECTS_FOLDER, openDatabase } from './database.ts';
import { createGroupCommit } from './group-commit.ts';
import { createItemRows } from './item-rows.ts';
import { createObjectRows } from './object-rows.ts';
import type { FromThread, Reply, Request, StoreThreadData, ThreadStatus, ToThread } from './protocol.ts';
import { createQueueRows } from './queue-rows.ts';
import { createUpkeepRows } from './upkeep-rows.ts';
import { toWireError } from './wire-error.ts';

/** One transaction holds at most this many requests, so that nobody waits for an endless one. */
const MAX_GROUP_REQUESTS = 1_000;
const QUEUE_CHANGES: ReadonlySet<string> = new Set(['queue/send', 'queue/delete', 'queue/release']);

interface Waiting {
  readonly port: MessagePort;
  readonly request: Request;
}

function serve(owner: MessagePort, { directory, nowMs }: StoreThreadData): void {
  const database = openDatabase(directory, nowMs);
  const run = createGroupCommit(database, {
    ...createObjectRows(database),
    ...createQueueRows(database),
    ...createItemRows(database),
    ...createUpkeepRows(database),
  });
  const ports = new Set<MessagePort>();
  /** Ports with a receive that found nothing and waits. */
  const sleepers = new Set<MessagePort>();

  const commit = (group: readonly Waiting[]): void => {
    const replies = run(group.map(({ request }) => request));
    const queueChanged = group.some(({ request }) => QUEUE_CHANGES.has(request.operation));
    for (const [position, { port, request }] of group.entries()) {
      const reply = replies[position];
      if (reply === undefined) continue;
      if (request.operation === 'queue/receive' && request.ask.waits) sleepers.add(port);
      post(port, { kind: 'reply', reply }, buffersOf(reply));
    }
    if (queueChanged) wake(sleepers);
  };

  const connect = (port: MessagePort): void => {
    ports.add(port);
    port.on('message', (request: Request) => commit(drain(ports, { port, request })));
    port.on('close', () => {
      ports.delete(port);
      sleepers.delete(port);
    });
    post(port, { kind: 'hello', objectsDirectory: join(directory, OBJECTS_FOLDER) });
  };

  owner.on('message', (message: ToThread) => {
    if (message.kind === 'connect') {
      connect(message.port);
      return;
    }
    const rest = drain(ports);
    if (rest.length > 0) commit(rest);
    database.close();
    for (const port of ports) port.close();
    tell(owner, { kind: 'closed' });
    owner.close();
  });
}

/** Everything that has come in by now, one from each port in turn. */
function drain(ports: ReadonlySet<MessagePort>, first?: Waiting): readonly Waiting[] {
  const group = first === undefined ? [] : [first];
  for (let before = -1; before < group.length && group.length < MAX_GROUP_REQUESTS; ) {
    before = group.length;
    for (const port of ports) {
      const received = receiveMessageOnPort(port) as { readonly message: Request } | undefined;
      if (received !== undefined) group.push({ port, request: received.message });
    }
  }
  return group;
}

function wake(sleepers: Set<MessagePort>): void {
  for (const port of sleepers) post(port, { kind: 'wake' });
  sleepers.clear();
}

/** Bytes of objects move to the client instead of being copied. */
function buffersOf(reply: Reply): ArrayBuffer[] {
  if (!('answer' in reply) || typeof reply.answer !== 'object' || reply.answer === null) return [];
  const body = 'body' in reply.answer ? reply.answer.body : undefined;
  return body instanceof Uint8Array && body.buffer instanceof ArrayBuffer ? [body.buffer] : [];
}

function post(port: MessagePort, message: FromThread, transfer: ArrayBuffer[] = []): void {
  port.postMessage(message, transfer);
}

function tell(owner: MessagePort, status: ThreadStatus): void {
  owner.postMessage(status);
}

if (parentPort !== null) {
  // Given by openEmbedded, which is the only one to start this thread.
  const data = workerData as StoreThreadData;
  try {
    serve(parentPort, data);
    tell(parentPort, { kind: 'ready' });
  } catch (error) {
    tell(parentPort, { kind: 'failed', error: toWireError(error) });
    parentPort.close();
  }
}
