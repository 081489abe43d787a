import { describe, expect, it } from 'vitest';
import { parseLimitsBody } from '../../../functions/query/limit-wire.ts';
import { parseSimulationBody } from '../../../functions/query/simulation-wire.ts';

const LIMIT = { title: 't', selector: { __name__: 'x' }, max: 1, lead_time: '1d' };
const bytes = (body: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(body));

function said(read: () => unknown): string {
  try {
    read();
  } catch (error) {
    return (error as Error).message;
  }
  return 'nothing';
}

const saidOfLimit = (body: unknown): string => said(() => parseLimitsBody(bytes(body)));
const saidOfSimulation = (body: unknown): string => said(() => parseSimulationBody(bytes(body), 0));

describe('a wrong limit is told where, what is allowed, and what was given', () => {
  it.each<[unknown, string]>([
    [{}, '/title: is missing; must be text'],
    [{ ...LIMIT, title: '' }, '/title: must have at least 1 character'],
    [{ ...LIMIT, title: 'a'.repeat(201) }, '/title: must have at most 200 characters'],
    [{ ...LIMIT, selector: {} }, '/selector: must map 1 to 30 label names to values, all of them text'],
    [{ ...LIMIT, max: '100GB' }, '/max: must be a number, or {"metric": "node_filesystem_size_bytes", "share": 0.9}'],
    [{ ...LIMIT, max: { metric: 's', share: 0 } }, '/max/share: must be above 0, got 0'],
    [{ ...LIMIT, max: { metric: 's', of: 1 } }, '/max: has no field "of"; allowed are metric, share'],
    [{ ...LIMIT, min: 1 }, 'the limit: must have exactly one of max and min'],
    [
      { ...LIMIT, lead_time: undefined },
      '/lead_time: is missing; must be like 14d, 36h, 90m or a number of seconds, at most 365 days',
    ],
    [
      { ...LIMIT, lead_time: '2w' },
      '/lead_time: must be like 14d, 36h, 90m or a number of seconds, at most 365 days, got "2w"',
    ],
    [{ ...LIMIT, probability: 50 }, '/probability: must be at most 1, got 50'],
    [{ ...LIMIT, probability: '0.5' }, '/probability: must be a number, got "0.5"'],
    [{ ...LIMIT, unit: 5 }, '/unit: must be text, got 5'],
    [
      { ...LIMIT, leadtime: 1 },
      'the limit: has no field "leadtime"; allowed are title, selector, max, min, changes, unit, lead_time, probability, action, limit_id, updated_at',
    ],
    [[], 'the limit: must be an object, got []'],
    [{ items: [] }, '/items: must have at least 1 item'],
    [{ items: [LIMIT, { ...LIMIT, max: true }] }, '/items/1/max: must be a number, or {"metric"'],
  ])('%j', (body, words) => {
    expect(saidOfLimit(body)).toContain(words);
  });
});

describe('a wrong simulation too', () => {
  it.each<[unknown, string]>([
    [{ growth_pct: 5 }, '/series_id: is missing; must be text'],
    [{ series_id: 's', growth_pct: -100 }, '/growth_pct: must be above -100, got -100'],
    [{ series_id: 's', add_capacity: '100GB' }, '/add_capacity: must be a number, got "100GB"'],
    [{ series_id: 's', replay: { from: '1969-01-01T00:00:00Z' } }, '/replay/to: is missing; must be text'],
    [{ series_id: 's', replay: [] }, '/replay: must be an object, got []'],
    [
      { series_id: 'a'.repeat(50), growth_pct: 'a'.repeat(50) },
      `/growth_pct: must be a number, got "${'a'.repeat(39)}…`,
    ],
  ])('%j', (body, words) => {
    expect(saidOfSimulation(body)).toContain(words);
  });
});

it('says nothing of what is right', () => {
  expect(saidOfLimit(LIMIT)).toBe('nothing');
  expect(saidOfSimulation({ series_id: 's', growth_pct: 5 })).toBe('nothing');
});
