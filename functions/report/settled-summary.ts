import { median } from 'simple-statistics';
import type { Prediction } from '../../models/domain/prediction.ts';
import type { SettledSummary } from './digest.ts';

/** Counts what became of predictions. Averted, void and open ones are apart: they are neither true nor false. */
export function settledSummary(settled: readonly Prediction[], stillOpen: number): SettledSummary {
  const count = (status: Prediction['status']): number => settled.filter((one) => one.status === status).length;
  const [hit, early, late, missed] = [count('hit'), count('early'), count('late'), count('missed')];
  const cameTrue = hit + early + late;
  const notices = settled.flatMap((one) => (one.noticeMs === null ? [] : [one.noticeMs]));
  return {
    hit,
    early,
    late,
    missed,
    averted: count('averted'),
    voided: count('void'),
    stillOpen,
    precision: cameTrue + missed === 0 ? null : cameTrue / (cameTrue + missed),
    medianNoticeMs: notices.length === 0 ? null : median(notices),
  };
}
