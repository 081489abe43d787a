import { describe, expect, test } from 'vitest';
import { BODY_FLOATS, beginBody, bodyHeaviness, bodyLimit, learnBody } from '../../../models/detect/residual-body.ts';
import { createRandom, type Random } from '../../../models/numeric/random.ts';

const POINTS = 20_000;
/** One alarm in sixty days at a cadence of a minute. */
const RARE_NATS = 12;

function bodyOf(residual: (random: Random, i: number) => number, points = POINTS): Float64Array {
  const state = new Float64Array(BODY_FLOATS);
  const random = createRandom(5);
  beginBody(state, 0);
  for (let i = 0; i < points; i++) learnBody(state, 0, residual(random, i));
  return state;
}

/** In mean absolute residuals. */
const normal = (random: Random): number => 1.25 * random.normal();

function student3(random: Random): number {
  const squares = random.normal() ** 2 + random.normal() ** 2 + random.normal() ** 2;
  return (0.9 * random.normal()) / Math.sqrt(squares / 3);
}

describe('the body of residuals', () => {
  test('of normal noise asks for about seven mean residuals, and is not heavy', () => {
    const body = bodyOf(normal);

    expect(bodyLimit(body, 0, 1, RARE_NATS)).toBeGreaterThan(6);
    expect(bodyLimit(body, 0, -1, RARE_NATS)).toBeLessThan(12);
    expect(bodyHeaviness(body, 0)).toBeLessThan(0.1);
  });

  test('of heavy tails asks for much more, and is heavy', () => {
    const body = bodyOf(student3);

    expect(bodyLimit(body, 0, 1, RARE_NATS)).toBeGreaterThan(2 * bodyLimit(bodyOf(normal), 0, 1, RARE_NATS));
    expect(bodyHeaviness(body, 0)).toBeGreaterThan(0.2);
  });

  test('is hardly moved by anomalies, though every two-hundredth point belongs to one', () => {
    const clean = bodyLimit(bodyOf(normal), 0, 1, RARE_NATS);
    const spoilt = bodyOf((random, i) => (i % 1000 < 5 ? 30 + normal(random) : normal(random)));

    expect(bodyLimit(spoilt, 0, 1, RARE_NATS)).toBeLessThan(1.2 * clean);
  });

  test('has sides of its own: noise that reaches far upwards does not widen the lower side', () => {
    const body = bodyOf((random) => {
      const residual = student3(random);
      return residual > 0 ? residual : -Math.abs(normal(random));
    });

    expect(bodyLimit(body, 0, 1, RARE_NATS)).toBeGreaterThan(2 * bodyLimit(body, 0, -1, RARE_NATS));
    expect(bodyHeaviness(body, 0)).toBeGreaterThan(0.2);
  });

  test('asks for more the rarer an alarm shall be', () => {
    const body = bodyOf(normal, 500);
    const limits = [10, 11, 12, 13].map((nats) => bodyLimit(body, 0, 1, nats));

    expect(limits).toEqual([...limits].sort((a, b) => a - b));
    expect(new Set(limits).size).toBe(4);
  });

  test('stays finite and above zero, whatever comes', () => {
    for (const residual of [0, 1e300, -1e300]) {
      const body = bodyOf(() => residual);

      expect(body.every(Number.isFinite)).toBe(true);
      expect(bodyLimit(body, 0, 1, RARE_NATS)).toBeGreaterThan(0);
      expect(Number.isFinite(bodyLimit(body, 0, -1, RARE_NATS))).toBe(true);
    }
  });
});
