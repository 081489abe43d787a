import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { NOW_MS } from '../../support/decide-samples.ts';
import { type Answer, openQueryService, type QueryService } from '../../support/query-service.ts';

const WORKSPACE = 'eeeeeeeeeeee';
const ANOMALY = {
  anomalyId: '2026-10-31T10:00:00.000Z_0123456789abcdef',
  seriesId: '0'.repeat(32),
  labels: [['__name__', 'cpu']],
  detector: 'test',
  type: 'spike',
  status: 'closed',
  startedAtMs: Date.UTC(2026, 9, 31, 10),
  lastAtMs: Date.UTC(2026, 9, 31, 10, 30),
  endedAtMs: Date.UTC(2026, 9, 31, 10, 31),
  points: 31,
  initialScore: 1.5,
  score: 3,
  actual: 90,
  expected: 40,
  lower: 30,
  upper: 50,
  reason: 'Rose to 90',
} as const;

let service: QueryService;

beforeAll(async () => {
  service = await openQueryService();
  await service.stores.anomalies.put(WORKSPACE, ANOMALY);
});

afterAll(() => service.close());

function send(method: string, path: string, body?: unknown): Promise<Answer> {
  const headers = { 'content-type': 'application/json' };
  return service.ask(path, {
    method,
    key: `${WORKSPACE}:${method === 'GET' ? 'read' : 'admin'}`,
    headers,
    nowMs: NOW_MS,
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
}

describe('feedback', () => {
  it('keeps the shape of what was not useful, is listed, and can be taken back', async () => {
    const { status, json } = await send('POST', '/v1/feedback', {
      anomaly_id: ANOMALY.anomalyId,
      verdict: 'not_useful',
      note: 'the backup',
      when: 'time_of_day',
    });
    const listed = await send('GET', `/v1/feedback?verdict=not_useful&series_id=${ANOMALY.seriesId}`);

    expect(status).toBe(201);
    expect(json).toEqual({
      feedback_id: expect.stringMatching(/^[0-9a-f]{16}$/),
      anomaly_id: ANOMALY.anomalyId,
      series_id: ANOMALY.seriesId,
      verdict: 'not_useful',
      note: 'the backup',
      when: 'time_of_day',
      shape: {
        type: 'spike',
        side: 'above',
        deviation: 50,
        duration_seconds: 1800,
        started_at: '2026-10-31T10:00:00.000Z',
      },
      created_at: '2026-11-01T00:00:00.000Z',
    });
    expect(listed.json.items).toEqual([json]);
    expect((await send('DELETE', `/v1/feedback/${String(json.feedback_id)}`)).status).toBe(204);
    expect((await send('GET', '/v1/feedback')).json.items).toEqual([]);
  });

  it('of a second word on the same anomaly is the second word', async () => {
    await send('POST', '/v1/feedback', { anomaly_id: ANOMALY.anomalyId, verdict: 'not_useful' });
    await send('POST', '/v1/feedback', { anomaly_id: ANOMALY.anomalyId, verdict: 'useful' });

    expect((await send('GET', '/v1/feedback')).json.items).toMatchObject([{ verdict: 'useful' }]);
  });

  it.each([
    [{ anomaly_id: 'unknown', verdict: 'useful' }, 404],
    [{ anomaly_id: ANOMALY.anomalyId, verdict: 'meh' }, 400],
    [{ verdict: 'useful' }, 400],
    [{ anomaly_id: ANOMALY.anomalyId, verdict: 'useful', when: 'sometimes' }, 400],
  ])('fails when it is %j', async (body, status) => {
    expect((await send('POST', '/v1/feedback', body)).status).toBe(status);
  });
});

describe('baselines', () => {
  it('are accepted for a series or a selector, listed, and taken back', async () => {
    const one = await send('POST', '/v1/baselines', { series_id: ANOMALY.seriesId, from: '2026-10-30T00:00:00Z' });
    const many = await send('POST', '/v1/baselines', {
      selector: { service: 'api' },
      from: '2026-10-30T02:00:00+02:00',
      note: 'larger machines',
    });
    const again = await send('POST', '/v1/baselines', { series_id: ANOMALY.seriesId, from: '2026-10-30T00:00:00Z' });

    expect(one.status).toBe(201);
    expect(again.json).toEqual(one.json);
    expect(many.json).toEqual({
      baseline_id: expect.stringMatching(/^[0-9a-f]{16}$/),
      selector: { service: 'api' },
      from: '2026-10-30T00:00:00.000Z',
      note: 'larger machines',
      created_at: '2026-11-01T00:00:00.000Z',
    });
    expect((await send('GET', '/v1/baselines')).json.items).toHaveLength(2);
    expect((await send('DELETE', `/v1/baselines/${String(one.json.baseline_id)}`)).status).toBe(204);
    expect((await send('GET', '/v1/baselines')).json.items).toEqual([many.json]);
  });

  it.each([
    [{ from: '2026-10-30T00:00:00Z' }, 'either series_id or selector'],
    [{ series_id: '0'.repeat(32), selector: { a: 'b' }, from: '2026-10-30T00:00:00Z' }, 'either series_id or selector'],
    [{ selector: {}, from: '2026-10-30T00:00:00Z' }, '/selector'],
    [{ series_id: 'cpu', from: '2026-10-30T00:00:00Z' }, '/series_id'],
    [{ selector: { a: 'b' }, from: 'yesterday' }, '/from'],
    [{ selector: { a: 'b' }, from: '2027-10-30T00:00:00Z' }, '90 days ahead'],
  ])('fails when it is %j', async (body, hint) => {
    const { status, text } = await send('POST', '/v1/baselines', body);

    expect(status).toBe(400);
    expect(text).toContain(hint);
  });
});
