import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeChange } from '../../../functions/ingest/changes-json.ts';
import { codeOf, decodeContext, NOW_MS } from './write-request.ts';

const decodeText = (text: string, context = decodeContext()) => {
  const decoded = decodeChange(Buffer.from(text, 'utf8'), context);
  if ('ignored' in decoded) throw new Error(decoded.ignored);
  return decoded.change;
};
const decode = (value: unknown) => decodeText(JSON.stringify(value));
const EVENT = {
  summary: 'checkout 1.4.2',
  source: 'ci',
  timestamp: '2026-11-21T10:00:00Z',
  kind: 'deploy',
  service: 'checkout',
  custom_details: { commit: 'abc', build: 17, ok: true, none: null, deep: { a: [1] } },
  links: [{ href: 'https://ci.example/17', text: 'build' }],
};

describe('a change event', () => {
  it('becomes a change', () => {
    expect(decode(EVENT)).toEqual({
      changeId: expect.stringMatching(/^2026-11-21T10:00:00\.000Z_[0-9a-f]{16}$/),
      kind: 'deploy',
      summary: 'checkout 1.4.2',
      source: 'ci',
      service: 'checkout',
      atMs: NOW_MS,
      details: { build: '17', commit: 'abc', deep: '{"a":[1]}', ok: 'true' },
      links: [{ href: 'https://ci.example/17', text: 'build' }],
    });
  });

  it('needs no more than a summary and a time', () => {
    const change = decode({ summary: 'x', timestamp: NOW_MS });

    expect(change).toMatchObject({ kind: 'other', source: '', service: null, details: {}, links: [], atMs: NOW_MS });
  });

  it('is the same change whatever the order of its details, and another one when anything differs', () => {
    const same = decode({ ...EVENT, custom_details: { build: 17, ok: true, deep: { a: [1] }, commit: 'abc' } });
    const other = decode({ ...EVENT, summary: 'checkout 1.4.3' });

    expect(same.changeId).toBe(decode(EVENT).changeId);
    expect(other.changeId).not.toBe(decode(EVENT).changeId);
  });

  it('belongs to its workspace', () => {
    const elsewhere = { ...decodeContext(), workspace: 'bbcdefghijkl' };

    const change = decodeText(JSON.stringify(EVENT), elsewhere);

    expect(change.changeId).not.toBe(decode(EVENT).changeId);
  });

  it('keeps details named like members of Object.prototype as data', () => {
    const change = decodeText(
      `{"summary":"x","timestamp":${NOW_MS},"custom_details":{"__proto__":"a","constructor":"b"}}`,
    );

    expect(Object.entries(change.details)).toEqual([
      ['__proto__', 'a'],
      ['constructor', 'b'],
    ]);
    expect(({} as Record<string, unknown>).a).toBeUndefined();
  });

  it.each([
    ['no summary', { summary: undefined }],
    ['an empty summary', { summary: '' }],
    ['a summary of 1,025 characters', { summary: 'x'.repeat(1025) }],
    ['half a surrogate pair', { summary: '\ud800' }],
    ['no time', { timestamp: undefined }],
    ['a time without zone', { timestamp: '2026-11-21T10:00:00' }],
    ['a time in seconds', { timestamp: NOW_MS / 1000 }],
    ['a time too far ahead', { timestamp: NOW_MS + 600_001 }],
    ['an unknown kind', { kind: 'party' }],
    ['details that are a text', { custom_details: 'x' }],
    ['51 details', { custom_details: Object.fromEntries(Array.from({ length: 51 }, (_, i) => [`d${i}`, 1])) }],
    ['a detail of 2,049 characters', { custom_details: { a: 'x'.repeat(2049) } }],
    ['a detail without a name', { custom_details: { '': 'x' } }],
    [
      'control characters that grow sixfold at rest',
      { custom_details: Object.fromEntries(Array.from({ length: 50 }, (_, i) => [`d${i}`, '\u0001'.repeat(2048)])) },
    ],
    ['a link that runs', { links: [{ href: 'javascript:alert(1)', text: 'x' }] }],
    ['a link with data', { links: [{ href: 'data:text/html,x', text: 'x' }] }],
    ['a link that is none', { links: [{ href: 'not a link' }] }],
    ['21 links', { links: Array.from({ length: 21 }, () => EVENT.links[0]) }],
  ])('fails with %s', (_, change) => {
    expect(codeOf(() => decode({ ...EVENT, ...change }))).toBe('ingest/payload-invalid');
  });

  it('fails naming the place', () => {
    expect(() => decode({ ...EVENT, links: [{ href: 'ftp://x', text: '' }] })).toThrow('/links/0/href');
    expect(() => decode({ ...EVENT, timestamp: undefined })).toThrow('/timestamp every item needs a timestamp');
  });

  it('fails when there are several', () => {
    expect(codeOf(() => decode([EVENT]))).toBe('ingest/payload-invalid');
  });

  it('becomes a change or is refused, whatever it is', () => {
    fc.assert(
      fc.property(fc.json(), fc.json(), (details, whole) => {
        for (const text of [whole, `{"summary":"x","timestamp":${NOW_MS},"custom_details":${details}}`]) {
          expect(['nothing thrown', 'ingest/payload-invalid']).toContain(codeOf(() => decodeText(text)));
        }
      }),
      { numRuns: 300, seed: 1 },
    );
  });
});
