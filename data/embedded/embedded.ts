import { resolve } from 'node:path';
import { MessageChannel, type MessagePort, Worker } from 'node:worker_threads';
import { ServiceError } from '../../functions/platform/errors.ts';
import type { Objects, Queue, Table } from '../contracts.ts';
import { connect } from './connection.ts';
import { createEmbeddedObjects } from './objects.ts';
import type { StoreThreadData, ThreadStatus, ToThread } from './protocol.ts';
import { createEmbeddedQueue, type EmbeddedQueueOptions } from './queue.ts';
import { createEmbeddedTable } from './table.ts';
import { createEmbeddedUpkeep, type EmbeddedUpkeep } from './upkeep.ts';
import { fromWireError } from './wire-error.ts';

/** The three contracts over one connection, and what keeps the directory from growing for ever. */
export interface EmbeddedClient {
  readonly objects: Objects;
  readonly queue: Queue;
  readonly table: Table;
  readonly upkeep: EmbeddedUpkeep;
}

export interface EmbeddedBackend extends EmbeddedClient {
  /** A connection for another thread of this process, to be transferred to it and given to `connectEmbedded` there. */
  readonly connectPort: () => MessagePort;
  /** Finishes what was asked, closes the files and gives the directory free. */
  readonly close: () => Promise<void>;
}

export interface EmbeddedOptions extends EmbeddedQueueOptions {
  /** Made with mode 700 where it is missing. */
  readonly directory: string;
}

/** Opens the directory for this process alone; throws `store/locked` where another process has it. */
export async function openEmbedded(options: EmbeddedOptions): Promise<EmbeddedBackend> {
  const worker = new Worker(new URL('./sqlite-worker.ts', import.meta.url), {
    workerData: { directory: resolve(options.directory), nowMs: options.nowMs() } satisfies StoreThreadData,
    name: 'embedded-store',
  });
  await nextStatus(worker);
  worker.unref();

  const connectPort = (): MessagePort => {
    const { port1, port2 } = new MessageChannel();
    tell(worker, { kind: 'connect', port: port2 }, [port2]);
    return port1;
  };
  let closed: Promise<void> | undefined;
  return {
    ...connectEmbedded(connectPort(), options),
    connectPort,
    close: () => {
      closed ??= close(worker);
      return closed;
    },
  };
}

/** The same store from another thread, through a port of `connectPort`. */
export function connectEmbedded(port: MessagePort, options: EmbeddedQueueOptions): EmbeddedClient {
  const connection = connect(port);
  return {
    objects: createEmbeddedObjects(connection, options),
    queue: createEmbeddedQueue(connection, options),
    table: createEmbeddedTable(connection),
    upkeep: createEmbeddedUpkeep(connection),
  };
}

async function close(worker: Worker): Promise<void> {
  worker.ref();
  const status = nextStatus(worker);
  tell(worker, { kind: 'close' });
  await status;
  await worker.terminate();
}

/** The thread speaks up when it is ready, has failed to open, or has closed. */
async function nextStatus(worker: Worker): Promise<void> {
  const { promise, resolve: settle, reject } = Promise.withResolvers<ThreadStatus>();
  const ended = (): void => reject(new ServiceError('store/unavailable', 'embedded store: its thread ended'));
  worker.once('message', settle);
  worker.once('error', reject);
  worker.once('exit', ended);
  try {
    const status = await promise;
    if (status.kind === 'failed') throw fromWireError(status.error);
  } finally {
    worker.off('message', settle);
    worker.off('error', reject);
    worker.off('exit', ended);
  }
}

function tell(worker: Worker, message: ToThread, transfer: MessagePort[] = []): void {
  worker.postMessage(message, transfer);
}
