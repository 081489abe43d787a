import { labelValue, type Series } from '../../models/domain/series.ts';
import type { Dependency, DependencyOrigin, KnownDependency } from '../../models/domain/topology.ts';
import type { ItemKey, Table } from '../contracts.ts';
import { everyRecordByIndex, type Records } from './records.ts';

export interface KnownTopology {
  /** In order of `from`, then `to`, each pair once. */
  readonly dependencies: readonly KnownDependency[];
  /** When people last declared theirs; null where they never did. */
  readonly declaredAtMs: number | null;
}

/** Who depends on whom in a workspace. */
export interface Topology {
  /** Replaces what was declared before. Twice with the same, nothing changes but the time. */
  declare(workspace: string, dependencies: readonly Dependency[], nowMs: number): Promise<void>;
  /** What is declared, and what the series of traced requests tell. */
  read(workspace: string): Promise<KnownTopology>;
}

/** Made of traces by the service graphs of OpenTelemetry's collector, Tempo and Alloy; its labels are who called whom. */
const TRACED_METRIC = 'traces_service_graph_request_total';

export function createTopology(table: Pick<Table, 'get' | 'put'>, series: Records<Series>): Topology {
  return {
    async declare(workspace, dependencies, nowMs) {
      const pairs = dependencies.map(({ from, to }) => [from, to]);
      await table.put({ ...placeOf(workspace), body: { pairs, declaredAtMs: nowMs } });
    },
    async read(workspace) {
      const found = new Map<string, KnownDependency>();
      const add = ({ from, to }: Dependency, origin: DependencyOrigin): void => {
        const name = JSON.stringify([from, to]);
        const origins = found.get(name)?.origins ?? [];
        if (!origins.includes(origin)) found.set(name, { from, to, origins: [...origins, origin] });
      };
      const item = await table.get(placeOf(workspace));
      const pairs = (item?.body.pairs ?? []) as readonly (readonly [string, string])[]; // written by declare
      for (const [from, to] of pairs) add({ from, to }, 'declared');
      for await (const { labels } of everyRecordByIndex(series, workspace, TRACED_METRIC)) {
        const [from, to] = [labelValue(labels, 'client'), labelValue(labels, 'server')];
        if (from !== undefined && to !== undefined && from !== to) add({ from, to }, 'traces');
      }
      return {
        dependencies: [...found.entries()].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, one]) => one),
        declaredAtMs: item === undefined ? null : Number(item.body.declaredAtMs),
      };
    },
  };
}

function placeOf(workspace: string): ItemKey {
  return { partition: `${workspace}#topology`, sort: 'declared' };
}
