import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { recogniseChange } from '../../../functions/ingest/change-shapes.ts';
import { decodeChange } from '../../../functions/ingest/changes-json.ts';
import { codeOf, decodeContext } from './write-request.ts';

type Body = Record<string, Record<string, unknown>>;

const read = (name: string): Body =>
  JSON.parse(readFileSync(new URL(`./changes/${name}.json`, import.meta.url), 'utf8')) as Body;
const decode = (body: unknown) => decodeChange(Buffer.from(JSON.stringify(body)), decodeContext());
const statusBody = (state: unknown): Body => {
  const body = read('github-deployment-status');
  return { ...body, deployment_status: { ...body.deployment_status, state } };
};

describe('S11 a deployment of GitHub', () => {
  it('is a change at the time of its status', () => {
    expect(decode(read('github-deployment-status'))).toEqual({
      change: {
        changeId: expect.stringMatching(/^2026-11-21T09:58:02\.000Z_/),
        kind: 'deploy',
        summary: 'checkout v1.4.2 to production',
        source: 'github',
        service: 'checkout',
        atMs: Date.UTC(2026, 10, 21, 9, 58, 2),
        details: {
          creator: 'ada',
          deployment: '1145',
          description: 'the release of Saturday',
          environment: 'production',
          ref: 'v1.4.2',
          repository: 'acme/checkout',
          sha: '4f2a9c1d7e0b5a6c8d9e0f1a2b3c4d5e6f708192',
          state: 'success',
          task: 'deploy',
        },
        links: [
          { href: 'https://github.com/acme/checkout/actions/runs/5512/job/9', text: 'log' },
          { href: 'https://github.com/acme/checkout/commit/4f2a9c1d7e0b5a6c8d9e0f1a2b3c4d5e6f708192', text: '4f2a9c1' },
        ],
      },
    });
  });

  it('without a status is a change at the time of its making', () => {
    expect(decode(read('github-deployment'))).toMatchObject({
      change: {
        summary: 'checkout v1.4.2 to production',
        atMs: Date.UTC(2026, 10, 21, 9, 40, 11),
        links: [{ text: '4f2a9c1' }],
      },
    });
  });

  it.each([
    ['failure', 'checkout v1.4.2 to production failed'],
    ['error', 'checkout v1.4.2 to production ended with an error'],
  ])('that ended with %s is a change too', (state, summary) => {
    expect(decode(statusBody(state))).toMatchObject({ change: { summary, details: { state } } });
  });

  it.each(['queued', 'pending', 'waiting', 'in_progress', 'inactive', 17, null])('that is %s is none', (state) => {
    expect(decode(statusBody(state))).toEqual({ ignored: expect.stringContaining('has changed nothing') });
  });

  it('keeps within its limits what GitHub allows to be longer', () => {
    const body = read('github-deployment');
    const deployment = { ...body.deployment, ref: 'r'.repeat(5_000), description: `${'d'.repeat(2_047)}😀` };

    const decoded = decode({ ...body, deployment });

    expect(decoded).toMatchObject({ change: { details: { ref: 'r'.repeat(2_048) } } });
  });

  it('with nothing of what is expected is refused, not guessed', () => {
    expect(codeOf(() => decode({ deployment: {}, repository: {} }))).toBe('ingest/payload-invalid');
  });
});

describe('S11 a change event of PagerDuty', () => {
  it('is a change, with service and kind from its details', () => {
    expect(decode(read('pagerduty-change'))).toEqual({
      change: {
        changeId: expect.stringMatching(/^2026-11-21T08:42:58\.315Z_/),
        kind: 'config',
        summary: 'Build success: raise the pool of the orders database to 40',
        source: 'acme-build-pipeline',
        service: 'orders',
        atMs: Date.UTC(2026, 10, 21, 8, 42, 58, 315),
        details: { build_number: '220', build_state: 'passed', kind: 'config', run_time: '1236', service: 'orders' },
        links: [{ href: 'https://ci.acme.test/builds/220', text: 'build 220' }],
      },
    });
  });

  it('needs no details and no links', () => {
    const payload = { summary: 'x', timestamp: '2026-11-21T08:00:00Z' };

    expect(decode({ payload })).toMatchObject({ change: { kind: 'other', service: null, source: '' } });
  });

  it('without a time is refused, unless the time of the request is kept', () => {
    const body = Buffer.from('{"payload":{"summary":"x"}}');

    expect(codeOf(() => decodeChange(body, decodeContext()))).toBe('ingest/payload-invalid');
    expect(decodeChange(body, { ...decodeContext(), receivedAtMs: 1_700_000_000_000 })).toMatchObject({
      change: { atMs: 1_700_000_000_000 },
    });
  });
});

it.each([[[]], ['text'], [null], [{ summary: 'x' }], [{ deployment: 'blue' }], [{ payload: 'x', summary: 'y' }]])(
  'takes %j for a body of ours',
  (raw) => {
    expect(recogniseChange(raw)).toEqual({ event: raw });
  },
);
