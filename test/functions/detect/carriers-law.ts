import fc from 'fast-check';
import { expect } from 'vitest';
import type { Table } from '../../../data/contracts.ts';
import { createRandom, type Random } from '../../../models/numeric/random.ts';
import { CARRIERS, type Carrier, type MeantSample, type MeantSeries } from '../../support/carriers.ts';
import { openCarriersStreet } from './carriers-street.ts';

const STEP_MS = 600_000;
const STEPS = 200;
const START_MS = Date.UTC(2026, 9, 24, 20);
const END_MS = START_MS + STEPS * STEP_MS;
/** Held back by less than this, a sample is never more than two hours behind its series. */
const MOST_LATE_MS = 110 * 60_000;

const SERIES: readonly MeantSeries[] = [
  { name: 'temperature_celsius', kind: 'gauge', service: 'shop', labels: [['room', 'Küche, "links"']] },
  { name: 'jobs_total', kind: 'counter', service: 'shop', labels: [] },
  { name: 'queue_depth', kind: 'gauge', service: 'mail', labels: [['queue', 'out'], ['tier', 'a']] }, // biome-ignore format: one line a series
];

/** How the samples travel: cut into requests of these sizes, each in its carrier, one after the other for ever. */
interface Plan {
  readonly seed: number;
  readonly requests: readonly { readonly carrier: Carrier; readonly size: number }[];
  readonly lateShare: number;
  readonly repeatedShare: number;
  readonly workedShare: number;
}

const plans: fc.Arbitrary<Plan> = fc.record({
  seed: fc.nat(2 ** 31 - 1),
  requests: fc.array(
    fc.record({
      carrier: fc.constantFrom(...(Object.keys(CARRIERS) as Carrier[])),
      size: fc.oneof(fc.integer({ min: 1, max: 8 }), fc.integer({ min: 1, max: 200 })),
    }),
    { minLength: 1, maxLength: 30 },
  ),
  lateShare: fc.constantFrom(0, 0.05, 0.3),
  repeatedShare: fc.constantFrom(0, 0.05, 0.3),
  workedShare: fc.constantFrom(0.2, 1),
});

/** A wave with two bursts, a counter that is reset, a queue that is empty at times; with gaps, whole numbers and fractions. */
function makeSamples(random: Random): MeantSample[] {
  const samples: MeantSample[] = [];
  let jobs = 0;
  for (let step = 0; step < STEPS; step++) {
    const timestampMs = START_MS + step * STEP_MS;
    const burst = step >= 180 && step < 184 ? 60 : 0;
    jobs = step === 90 ? 0 : jobs + random.below(20);
    const values = [20 + Math.sin(step / 9) + burst + 0.5 * random.normal(), jobs, Math.max(0, random.below(9) - 4)];
    for (const [i, series] of SERIES.entries()) {
      if (random.uniform() > 0.03) samples.push({ series, timestampMs, value: values[i]! });
    }
  }
  return samples;
}

/** In the order in which they are sent: some held back, some more than once. */
function disordered(samples: readonly MeantSample[], random: Random, plan: Plan): MeantSample[] {
  const held = samples.map((sample) => {
    const isLate = random.uniform() < plan.lateShare;
    return { sample, atMs: sample.timestampMs + (isLate ? random.below(MOST_LATE_MS) : 0) };
  });
  const repeated = held
    .filter(() => random.uniform() < plan.repeatedShare)
    .map(({ sample, atMs }) => ({ sample, atMs: atMs + random.below(4 * MOST_LATE_MS) }));
  return [...held, ...repeated].sort((a, b) => a.atMs - b.atMs).map(({ sample }) => sample);
}

async function inOrder(table: Table, samples: readonly MeantSample[]) {
  const street = openCarriersStreet(table, END_MS);
  expect(await street.send(CARRIERS['remote write 1'](samples))).toBe(204);
  await street.work(createRandom(1));
  return street.outcome();
}

async function onTheWay(table: Table, samples: readonly MeantSample[], random: Random, plan: Plan) {
  const street = openCarriersStreet(table, END_MS);
  for (let from = 0, turn = 0; from < samples.length; turn++) {
    const { carrier, size } = plan.requests[turn % plan.requests.length]!;
    expect([200, 204]).toContain(await street.send(CARRIERS[carrier](samples.slice(from, from + size))));
    from += size;
    if (random.uniform() < plan.workedShare) await street.work(random);
  }
  await street.work(random);
  return street.outcome();
}

/** The same samples on any way end in the same bytes as all of them in order in one request. */
export async function checkCarriersLaw(table: Table, numRuns: number): Promise<void> {
  await fc.assert(
    fc.asyncProperty(plans, async (plan) => {
      const random = createRandom(plan.seed);
      const samples = makeSamples(random);
      const expected = await inOrder(table, samples);
      const actual = await onTheWay(table, disordered(samples, random, plan), random, plan);
      expect(expected.shards.some((shard) => shard !== undefined)).toBe(true);
      expect(expected.series).toHaveLength(SERIES.length);
      expect(actual).toEqual(expected);
    }),
    { numRuns },
  );
}
