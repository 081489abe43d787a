import { describe, expect, test } from 'vitest';
import { createEnsemble } from '../../../models/detect/ensemble.ts';
import { createEvidence, type Evidence, weighEvidence } from '../../../models/detect/ensemble-evidence.ts';
import { sketchesOf } from '../../../models/detect/ensemble-layout.ts';
import { profilesOf } from '../../../models/detect/seasonal-layout.ts';
import { createPrediction, predict } from '../../../models/detect/seasonal-predict.ts';
import { DAY_MS } from '../../../models/domain/rollup.ts';
import { runDetector } from '../../support/detector-run.ts';
import { generateSeries, MONDAY_MS, type Shape, WELL_BEHAVED } from '../../support/generated-series.ts';

const STEP_MS = 300_000;
const DAYS = 21;
const detector = createEnsemble({});

/** Evidence for one more value after three weeks of a shape. */
function evidenceFor(shape: Shape, value: number, seasonNats = 0): Evidence {
  const { state } = runDetector(detector, generateSeries({ shape, seed: 3, stepMs: STEP_MS, days: DAYS }));
  const prediction = createPrediction();
  const evidence = createEvidence();
  predict(state, profilesOf(state), () => 0, MONDAY_MS + DAYS * DAY_MS, value, prediction);
  weighEvidence(state, sketchesOf(state), value, prediction, seasonNats, evidence);
  return evidence;
}

describe('evidence', () => {
  const noise: Shape = (random) => 100 + 3 * random.normal();
  const job = WELL_BEHAVED['a nightly job of half an hour']!;

  test('is next to nothing for an ordinary value', () => {
    expect(evidenceFor(noise, 101).total).toBeLessThan(1);
  });

  test('is in every component that looks at the value when it lies far beyond the range', () => {
    const evidence = evidenceFor(noise, 160);

    for (const component of [0, 1, 3, 4]) expect(evidence.nats[component]).toBeGreaterThan(2);
    expect(evidence.nats[5]).toBeLessThan(1);
    expect(evidence.total).toBeGreaterThan(12);
  });

  test('finds a value between two levels new that lies beyond no range', () => {
    const twoLevels: Shape = (random) => (random.uniform() < 0.5 ? 20 : 100) + random.normal();
    const evidence = evidenceFor(twoLevels, 60);

    expect(evidence.sizes[3]).toBe(0);
    expect(evidence.sizes[0]).toBeGreaterThan(20);
    expect(evidence.nats[0]).toBeGreaterThan(0);
  });

  test('finds the value of a nightly job new at midnight', () => {
    const evidence = evidenceFor(job, 80);

    expect(evidence.sizes[0]).toBeLessThan(1);
    expect(evidence.sizes[4]).toBeGreaterThan(40);
    expect(evidence.nats[4]).toBeGreaterThan(1);
  });

  test('takes of the rarity by season 15 per cent of what exceeds one nat', () => {
    const without = evidenceFor(noise, 101);
    const withSeason = evidenceFor(noise, 101, 11);

    expect(withSeason.total - without.total).toBeCloseTo(1.5, 12);
    expect(withSeason.nats.reduce((sum, nats) => sum + nats, 0)).toBeCloseTo(withSeason.total, 12);
  });
});
