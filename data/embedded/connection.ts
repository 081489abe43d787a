import type { MessagePort } from 'node:worker_threads';
import { ServiceError } from '../../functions/platform/errors.ts';
import type { Answer, Ask, FromThread, OperationName, Reply } from './protocol.ts';
import { fromWireError } from './wire-error.ts';

/** One client's side of a port to the thread that owns the database. */
export interface Connection {
  ask<O extends OperationName>(operation: O, ask: Ask<O>, transfer?: readonly ArrayBuffer[]): Promise<Answer<O>>;
  /** Resolves when the thread next says that the queue changed. Ask for it before asking the queue. */
  queueChange(): Promise<void>;
  /** Where large objects lie. */
  objectsDirectory(): Promise<string>;
}

interface Pending {
  readonly resolve: (answer: unknown) => void;
  readonly reject: (error: Error) => void;
}

export function connect(port: MessagePort): Connection {
  const pending = new Map<number, Pending>();
  const objectsDirectory = Promise.withResolvers<string>();
  objectsDirectory.promise.catch(() => undefined); // whoever asks for it still gets the rejection
  let change = Promise.withResolvers<void>();
  let isClosed = false;
  let lastId = 0;

  /** A connection that waits for nothing does not keep its process alive. */
  const rest = (): void => {
    if (pending.size === 0) port.unref();
  };
  const settle = (reply: Reply): void => {
    const waiting = pending.get(reply.id);
    pending.delete(reply.id);
    rest();
    if ('error' in reply) waiting?.reject(fromWireError(reply.error));
    else waiting?.resolve(reply.answer);
  };
  const announceChange = (): void => {
    change.resolve();
    change = Promise.withResolvers<void>();
  };

  port.on('message', (message: FromThread) => {
    if (message.kind === 'hello') {
      objectsDirectory.resolve(message.objectsDirectory);
      rest();
    } else if (message.kind === 'wake') announceChange();
    else settle(message.reply);
  });
  port.on('close', () => {
    isClosed = true;
    for (const { reject } of pending.values()) reject(closedError());
    pending.clear();
    objectsDirectory.reject(closedError());
    announceChange();
  });
  return {
    ask: async (operation, ask, transfer = []) => {
      if (isClosed) throw closedError();
      lastId += 1;
      const { promise, resolve, reject } = Promise.withResolvers<unknown>();
      pending.set(lastId, { resolve, reject });
      port.ref();
      port.postMessage({ id: lastId, operation, ask }, transfer);
      // The thread answers an operation with that operation's answer (its Handlers type says so).
      return (await promise) as Answer<typeof operation>;
    },
    queueChange: () => change.promise,
    objectsDirectory: () => objectsDirectory.promise,
  };
}

function closedError(): ServiceError {
  return new ServiceError('store/unavailable', 'embedded store is closed', { retryable: true });
}
