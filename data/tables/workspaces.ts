import type { Table } from '../contracts.ts';
import { createRecords, everyRecord } from './records.ts';

/** A tenant: everything at rest belongs to one. */
export interface Workspace {
  /** 12 to 32 lower-case letters and digits, part of every key. */
  readonly workspace: string;
  readonly title: string;
  readonly createdAtMs: number;
}

export interface Workspaces {
  /** Keeps the one that is there already. */
  add(workspace: Workspace): Promise<void>;
  list(): Promise<readonly Workspace[]>;
}

/** Records belong to a workspace; these belong to the service. No workspace can have this name: it is too short. */
const SERVICE = 'service';

export function createWorkspaces(table: Table): Workspaces {
  const records = createRecords<Workspace>(table, { kind: 'workspace', idOf: ({ workspace }) => workspace });
  return {
    async add(workspace) {
      await records.put(SERVICE, workspace, { kind: 'absent' });
    },
    async list() {
      const found: Workspace[] = [];
      for await (const workspace of everyRecord(records, SERVICE)) found.push(workspace);
      return found;
    },
  };
}
