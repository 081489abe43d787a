import type { DatabaseSync } from 'node:sqlite';
import type { Handlers, Reply, Request } from './protocol.ts';
import { toWireError } from './wire-error.ts';

/**
 * Runs requests that came together in one transaction and answers them after its one commit. A request that fails is
 * undone alone; where the transaction as a whole is lost, all of it is answered with that failure.
 */
export function createGroupCommit(
  database: DatabaseSync,
  handlers: Handlers,
): (requests: readonly Request[]) => Reply[] {
  const begin = database.prepare('BEGIN');
  const commit = database.prepare('COMMIT');
  const mark = database.prepare('SAVEPOINT request');
  const keep = database.prepare('RELEASE request');
  const undo = database.prepare('ROLLBACK TO request');

  function runOne(request: Request): Reply {
    mark.run();
    try {
      const answer = handle(handlers, request);
      keep.run();
      return { id: request.id, answer };
    } catch (error) {
      // A full disk ends the whole transaction inside SQLite; then there is nothing left to undo alone.
      if (!database.isTransaction) throw error;
      undo.run();
      keep.run();
      return { id: request.id, error: toWireError(error) };
    }
  }

  return (requests) => {
    try {
      begin.run();
      const replies = requests.map(runOne);
      commit.run();
      return replies;
    } catch (error) {
      if (database.isTransaction) database.exec('ROLLBACK');
      const lost = toWireError(error);
      return requests.map(({ id }) => ({ id, error: lost }));
    }
  };
}

function handle(handlers: Handlers, request: Request): unknown {
  // The union type of requests pairs every operation with its own question.
  const handler = handlers[request.operation] as (ask: Request['ask']) => unknown;
  return handler(request.ask);
}
