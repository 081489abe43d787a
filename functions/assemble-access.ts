import type { Table } from '../data/contracts.ts';
import { createKeyUses } from '../data/tables/key-uses.ts';
import { createKeys } from '../data/tables/keys.ts';
import { createAuthenticate, type KnownKey } from './platform/auth.ts';
import type { Log } from './platform/log.ts';

export interface AccessSettings {
  readonly pepper: string | (() => Promise<string>);
  readonly nowMs: () => number;
  readonly log: Log;
}

/** Who may come in, for the rooms that have an HTTP door. */
export function assembleAccess(table: Table, { pepper, nowMs, log }: AccessSettings) {
  const keys = createKeys({ table, pepper, nowMs });
  const onError = (error: unknown): void => log.warn('use of a key not written', { error });
  const keyUses = createKeyUses({ table, nowMs, onError });
  const noteUse = ({ workspace, keyId }: KnownKey): void => keyUses.note(workspace, keyId);
  return { keys, keyUses, authenticate: createAuthenticate({ findKey: keys.find, pepper, nowMs, noteUse }) };
}
