import { createShapeStore } from '../data/state/shape-store.ts';
import { createSurveyStore } from '../data/state/survey-store.ts';
import { createDiscards } from '../data/tables/discards.ts';
import { createStores } from '../data/tables/stores.ts';
import { FIVE_MINUTES_MS } from '../models/domain/rollup.ts';
import { type Backend, forEachWorkspace } from './assemble.ts';
import { assemblePolicies, type PolicySettings } from './assemble-policies.ts';
import { createPutAside } from './put-aside.ts';
import { SURVEY_LAYOUT } from './survey/survey-layout.ts';
import { createSurveyWorkspace } from './survey/survey-workspace.ts';

export interface SurveySettings extends PolicySettings {
  readonly shardCount: number;
}

/** What looks at the series of a workspace together. */
export function assembleSurvey({ objects, table, history }: Backend, settings: SurveySettings) {
  const { shardCount, timeZone, nowMs: clockMs, log } = settings;
  const onError = (error: unknown): void => log.error('refused findings not counted', { error });
  const discards = createDiscards({ table, nowMs: clockMs, onError });
  const stores = createStores(table);
  const surveyWorkspace = createSurveyWorkspace({
    surveys: createSurveyStore(objects, SURVEY_LAYOUT),
    shardCount,
    readShard: history.readShard,
    readRollups: (workspace, shard, fromMs, toMs) =>
      history.readShardRollups(workspace, shard, FIVE_MINUTES_MS, fromMs, toMs),
    getSeries: stores.series.getMany,
    readPolicies: assemblePolicies(stores, settings),
    addShapes: createShapeStore(objects).add,
    putAnomalies: stores.anomalies.putMany,
    putAside: createPutAside(objects, log),
    countRefused: (workspace, findings) => discards.count(workspace, 'record_refused', findings),
    timeZone,
  });
  return {
    run: forEachWorkspace(table, async (workspace, nowMs) => {
      try {
        await surveyWorkspace(workspace, nowMs);
      } finally {
        await discards.flush();
      }
    }),
  };
}
