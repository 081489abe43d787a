import fc from 'fast-check';
import { expect } from 'vitest';
import type { Table } from '../../../data/contracts.ts';
import { createRandom, type Random } from '../../../models/numeric/random.ts';
import { LOG_CARRIERS, type LogCarrier, type MeantRecord } from '../../support/log-carriers.ts';
import { openCarriersStreet } from './carriers-street.ts';

const MINUTE_MS = 60_000;
const START_MS = Date.UTC(2026, 9, 24, 20, 2);
const HOURS = 30;
const END_MS = START_MS + HOURS * 60 * MINUTE_MS;
/** Held back by less than this, a record's five minutes are never more than two hours behind those being counted. */
const MOST_LATE_MS = 110 * MINUTE_MS;

const STREAMS = [{ service: 'shop' }, { service: 'mail', hostName: 'node-3' }] as const;

interface Plan {
  readonly seed: number;
  readonly requests: readonly { readonly carrier: LogCarrier; readonly size: number }[];
  readonly lateShare: number;
  readonly repeatedShare: number;
  readonly workedShare: number;
}

const plans: fc.Arbitrary<Plan> = fc.record({
  seed: fc.nat(2 ** 31 - 1),
  requests: fc.array(
    fc.record({
      carrier: fc.constantFrom(...(Object.keys(LOG_CARRIERS) as LogCarrier[])),
      size: fc.oneof(fc.integer({ min: 1, max: 8 }), fc.integer({ min: 1, max: 300 })),
    }),
    { minLength: 1, maxLength: 20 },
  ),
  lateShare: fc.constantFrom(0, 0.05, 0.3),
  repeatedShare: fc.constantFrom(0, 0.05, 0.3),
  workedShare: fc.constantFrom(0.2, 1),
});

/** Lines that recur, some of them in the same millisecond; errors that are rare but for one burst; a silence. */
function makeRecords(random: Random): MeantRecord[] {
  const records: MeantRecord[] = [];
  for (let minute = 0; minute < HOURS * 60; minute += 3) {
    if (minute >= 600 && minute < 660) continue;
    const burst = minute >= 1_700 && minute < 1_712 ? 15 : 0;
    const count = 1 + random.below(3) + burst;
    const timestampMs = START_MS + minute * MINUTE_MS + random.below(MINUTE_MS);
    const stream = STREAMS[random.below(2)]!;
    for (let i = 0; i < count; i++) {
      const severity = burst > 0 || random.uniform() < 0.1 ? 'error' : 'info';
      records.push({ stream, timestampMs, nanos: i * 250, severity, line: `request ${random.below(3)} done` });
    }
  }
  return records;
}

/** In the order in which they are sent: some held back, some more than once, perhaps after hours. */
function disordered(records: readonly MeantRecord[], random: Random, plan: Plan): MeantRecord[] {
  const held = records.map((record) => {
    const isLate = random.uniform() < plan.lateShare;
    return { record, atMs: record.timestampMs + (isLate ? random.below(MOST_LATE_MS) : 0) };
  });
  const repeated = held
    .filter(() => random.uniform() < plan.repeatedShare)
    .map(({ record, atMs }) => ({ record, atMs: atMs + random.below(4 * MOST_LATE_MS) }));
  return [...held, ...repeated].sort((a, b) => a.atMs - b.atMs).map(({ record }) => record);
}

async function inOrder(table: Table, records: readonly MeantRecord[]) {
  const street = openCarriersStreet(table, END_MS);
  expect(await street.send(LOG_CARRIERS.JSON(records))).toBe(200);
  await street.work(createRandom(1));
  return street.outcome();
}

async function onTheWay(table: Table, records: readonly MeantRecord[], random: Random, plan: Plan) {
  const street = openCarriersStreet(table, END_MS);
  for (let from = 0, turn = 0; from < records.length; turn++) {
    const { carrier, size } = plan.requests[turn % plan.requests.length]!;
    expect([200, 204]).toContain(await street.send(LOG_CARRIERS[carrier](records.slice(from, from + size))));
    from += size;
    if (random.uniform() < plan.workedShare) await street.work(random);
  }
  await street.work(random);
  return street.outcome();
}

/** The same log records on any way end in the same bytes as all of them in order in one request. */
export async function checkLogCarriersLaw(table: Table, numRuns: number): Promise<void> {
  await fc.assert(
    fc.asyncProperty(plans, async (plan) => {
      const random = createRandom(plan.seed);
      const records = makeRecords(random);
      const expected = await inOrder(table, records);
      const actual = await onTheWay(table, disordered(records, random, plan), random, plan);
      expect(expected.series.length).toBeGreaterThanOrEqual(STREAMS.length);
      expect(actual).toEqual(expected);
    }),
    { numRuns },
  );
}
