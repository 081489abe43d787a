import { peerGroupName } from '../../data/state/shape-store.ts';
import { type ShardView, SLOT } from '../../data/state/shard-state.ts';
import { addSurveySeries, SERIES_FLAG, type SeriesGroups, type SurveyState } from '../../data/state/survey-state.ts';
import { groupLabelOf, instanceOf, peerKeyOf, saysNothingWhenAway } from '../../models/detect/peer-labels.ts';
import type { Labels, Series } from '../../models/domain/series.ts';
import { hashId } from '../platform/ids.ts';
import { HISTORY_MS } from './survey-clock.ts';

export type GetSeries = (workspace: string, seriesIds: readonly string[]) => Promise<readonly Series[]>;

const AT_ONCE = 1_000;

/**
 * Takes up the series that the shards have and the survey does not know yet: their labels are asked for once.
 *
 * A series that the registry does not know yet is taken up by a later run. Those without data for three weeks are left out.
 */
export async function registerSeries(
  state: SurveyState,
  views: readonly ShardView[],
  getSeries: GetSeries,
): Promise<void> {
  const missing: string[] = [];
  for (const { seriesIds, words } of views) {
    for (const [slot, seriesId] of seriesIds.entries()) {
      const lastMs = words[slot * SLOT.words + SLOT.lastTimestampMs]!;
      if (!state.indexById.has(seriesId) && lastMs > state.clockMs - HISTORY_MS) missing.push(seriesId);
    }
  }
  // In one order whatever the registry answers, so that the same series make the same survey.
  missing.sort();
  for (let i = 0; i < missing.length; i += AT_ONCE) {
    const wanted = missing.slice(i, i + AT_ONCE);
    const found = new Map((await getSeries(state.workspace, wanted)).map((series) => [series.seriesId, series]));
    for (const seriesId of wanted) {
      const series = found.get(seriesId);
      if (series !== undefined) addSurveySeries(state, seriesId, groupsOf(series.labels), flagsOf(series.labels));
    }
  }
}

function groupsOf(labels: Labels): SeriesGroups {
  const group = groupLabelOf(labels);
  const peers = peerKeyOf(labels);
  const instance = instanceOf(labels);
  return {
    service: group && hashId('service', ...group),
    peers: peers && peerGroupName(peers),
    instance: instance && hashId('instance', instance),
  };
}

function flagsOf(labels: Labels): number {
  return saysNothingWhenAway(labels) ? SERIES_FLAG.unwatched : 0;
}
