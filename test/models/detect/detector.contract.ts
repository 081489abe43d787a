import { describe, expect, test } from 'vitest';
import {
  createScoreOut,
  type Detector,
  type DetectorOptions,
  MISSING,
  SCORED,
  WARMING,
} from '../../../models/detect/detector.ts';
import { DAY_MS } from '../../../models/domain/rollup.ts';
import { createRandom } from '../../../models/numeric/random.ts';
import { freshState, runDetector } from '../../support/detector-run.ts';
import { generateSeries, MONDAY_MS, WELL_BEHAVED } from '../../support/generated-series.ts';

const STEP_MS = 300_000;

/** What every detector promises, whatever its mathematics; called for each entry of the registry. */
export function describeDetector(name: string, create: (options: DetectorOptions) => Detector): void {
  describe(`detector ${name}`, () => {
    const detector = create({ timeZone: 'Europe/Berlin' });
    const series = generateSeries({ ...waves(), days: 10 });

    test('says its name, a version, and a state of at most 4 KB', () => {
      expect(detector.name).toBe(name);
      expect(detector.version).toBeGreaterThanOrEqual(1);
      expect(detector.stateFloats).toBeGreaterThan(0);
      expect(detector.stateFloats).toBeLessThanOrEqual(512);
    });

    test('makes equal states of equal points', () => {
      const first = runDetector(detector, series);
      const second = runDetector(create({ timeZone: 'Europe/Berlin' }), series);

      expect(bytesOf(second.state)).toEqual(bytesOf(first.state));
      expect(second.scores).toEqual(first.scores);
    });

    test('only reads when it scores', () => {
      const { state } = runDetector(detector, series);
      const before = bytesOf(state).slice();
      const out = createScoreOut();

      for (const value of [0, 100, -1e9, 1e300, Number.NaN, Number.POSITIVE_INFINITY]) {
        detector.score(state, MONDAY_MS + 10 * DAY_MS, value, out);
        detector.score(state, MONDAY_MS + 90 * DAY_MS, value, out);
      }

      expect(bytesOf(state)).toEqual(before);
    });

    test.each([0, 1, 2, 17, 400, 2000])('continues alike after its words were copied at point %i', (at) => {
      const whole = runDetector(detector, series);
      const begun = runDetector(detector, series.slice(0, at));
      const slab = new Float64Array(2 * detector.stateFloats + 3);
      const copy = slab.subarray(3, 3 + detector.stateFloats);
      begun.state.forEach((word, i) => {
        copy[i] = word;
      });

      const continued = runDetector(create({ timeZone: 'Europe/Berlin' }), series.slice(at), copy);

      expect(bytesOf(copy)).toEqual(bytesOf(whole.state));
      expect(continued.scores).toEqual(whole.scores.slice(at));
    });

    test('learns the same whether it has just scored the point, another one, or none', () => {
      const steady = series.slice(0, 1_200);
      const learned = (ask: (state: Float64Array, at: number) => void): Uint8Array => {
        const state = freshState(detector);
        steady.forEach(({ timestampMs, value }, at) => {
          ask(state, at);
          const isNewNormal = at >= 900 && at < 903;
          if (isNewNormal) detector.relevel?.(state, timestampMs, value, 1 / (at - 899));
          // Gaps and a shifted season in between.
          if (at % 40 !== 0) detector.learn(state, timestampMs, value, at % 7 === 0 ? 3_600_000 : 0);
        });
        return bytesOf(state);
      };
      const out = createScoreOut();
      const shares = new Float64Array(detector.components?.length ?? 0);

      const alone = learned(() => undefined);

      expect(learned((state, at) => detector.score(state, steady[at]!.timestampMs, steady[at]!.value, out))).toEqual(
        alone,
      );
      expect(learned((state, at) => detector.score(state, steady[at]!.timestampMs, 5, out))).toEqual(alone);
      expect(
        learned((state, at) => {
          const { timestampMs, value } = steady[at]!;
          detector.score(state, timestampMs, value, out);
          if (out.kind === SCORED && out.score > 0.1) detector.attribute?.(state, timestampMs, value, shares);
        }),
      ).toEqual(alone);
    });

    test('does not mix series that take turns', () => {
      const other = generateSeries({ ...waves(), seed: 9, days: 10 }).map(({ timestampMs, value }) => ({
        timestampMs,
        value: 1e6 - value,
      }));
      const states = [freshState(detector), freshState(detector)] as const;

      series.forEach((point, i) => {
        detector.learn(states[0], point.timestampMs, point.value);
        detector.learn(states[1], other[i]!.timestampMs, other[i]!.value);
      });

      expect(bytesOf(states[0])).toEqual(bytesOf(runDetector(detector, series).state));
      expect(bytesOf(states[1])).toEqual(bytesOf(runDetector(detector, other).state));
    });

    test('warms up as it declares and scores from then on', () => {
      const { scores } = runDetector(detector, series);
      const warm = scores.findIndex(({ kind }) => kind === SCORED);

      expect(warm).toBeGreaterThan(0);
      scores.slice(0, warm).forEach((out, i) => {
        expect(out.kind).toBe(WARMING);
        expect(out.seenPoints).toBe(i);
        expect(out.neededPoints).toBeGreaterThan(i);
      });
      expect(scores[warm - 1]!.neededPoints).toBe(warm);
      expect(scores.slice(warm).every(({ kind }) => kind === SCORED)).toBe(true);
    });

    test('takes a value that is not finite for missing and learns nothing from it', () => {
      const { state } = runDetector(detector, series);
      const before = bytesOf(state).slice();
      const out = createScoreOut();

      for (const value of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
        detector.score(state, MONDAY_MS + 11 * DAY_MS, value, out);
        detector.learn(state, MONDAY_MS + 11 * DAY_MS, value);

        expect(out.kind).toBe(MISSING);
      }
      expect(bytesOf(state)).toEqual(before);
    });

    test('learns nothing from a repeat or a late point', () => {
      const { state } = runDetector(detector, series);
      const before = bytesOf(state).slice();
      const last = series.at(-1)!;

      detector.learn(state, last.timestampMs, 5);
      detector.learn(state, last.timestampMs - 1, 5);

      expect(bytesOf(state)).toEqual(before);
    });

    test.each([0, 1, -42, 0.1, 1e13, 1e-9, 1e308])('never calls a series of constant %d anomalous', (constant) => {
      const points = series.map(({ timestampMs }) => ({ timestampMs, value: constant }));

      const { scores, anomalies } = runDetector(detector, points);

      expect(anomalies).toEqual([]);
      expect(scores.every(({ score }) => score <= 1)).toBe(true);
    });

    test('expects a value inside its band, and calls nothing inside the band anomalous', () => {
      const random = createRandom(4);
      const wild = series.map(({ timestampMs, value }) => ({
        timestampMs,
        value: random.uniform() < 0.02 ? value * 3 * random.uniform() : value,
      }));

      const { scores } = runDetector(detector, wild);

      scores.forEach(({ kind, score, lower, expected, upper }, i) => {
        if (kind !== SCORED) return;
        expect(score).toBeGreaterThanOrEqual(0);
        expect(lower).toBeLessThanOrEqual(expected);
        expect(expected).toBeLessThanOrEqual(upper);
        const { value } = wild[i]!;
        if (score > 1.000001) expect(value < lower || value > upper).toBe(true);
      });
    });

    test('stays finite over a million points of any kind', () => {
      const state = freshState(detector);
      const random = createRandom(77);
      const out = createScoreOut();
      let timestampMs = MONDAY_MS;
      let finite = true;
      for (let i = 0; i < 1_000_000; i++) {
        timestampMs += i % 5000 === 0 ? 3 * DAY_MS : 15_000 + random.below(60_000);
        const value = wildValue(i, random.normal());
        detector.score(state, timestampMs, value, out);
        detector.learn(state, timestampMs, value);
        finite &&= Number.isFinite(out.score + out.lower + out.expected + out.upper) || out.kind !== SCORED;
      }

      expect(finite).toBe(true);
      expect(state.every(Number.isFinite)).toBe(true);
    }, 240_000);
  });
}

/** Stretches of every size and sign: a new regime every 50,000 points, spikes in between. */
function wildValue(i: number, noise: number): number {
  const regime = Math.floor(i / 50_000) % 8;
  if (i % 9973 === 0) return noise > 0 ? 1e308 : -1e308;
  return [noise, 1e12 + noise, 0, 1e-9 * noise, noise ** 9, Math.round(noise), 1e30 * noise, -5][regime]!;
}

function waves() {
  return { shape: WELL_BEHAVED['normal noise on a daily and weekly wave']!, seed: 3, stepMs: STEP_MS };
}

function bytesOf(state: Float64Array): Uint8Array {
  return new Uint8Array(state.buffer, state.byteOffset, state.byteLength);
}
