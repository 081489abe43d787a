import { expect, test } from 'vitest';
import { createAuthenticate, type KnownKey } from '../../../functions/platform/auth.ts';
import { formatKey, hashSecret, parseKey } from '../../../functions/platform/auth-key.ts';
import { ServiceError } from '../../../functions/platform/errors.ts';

const PEPPER = 'pepper';
const SECRET = 'abcdefghijklmnopqrstuvwxyz012345';
const KEY = formatKey({ env: 'test', keyId: 'KEY000000001', secret: SECRET });

function known(over: Partial<KnownKey> = {}): KnownKey {
  return {
    keyId: 'KEY000000001',
    workspace: 'abcdefghijkl',
    scopes: ['ingest'],
    secretHmac: hashSecret(PEPPER, SECRET).toString('hex'),
    expiresAtMs: null,
    revokedAtMs: null,
    ...over,
  };
}

function createDoor(key: KnownKey | null | ServiceError = known(), nowMs = 1_000) {
  const asked: string[] = [];
  const authenticate = createAuthenticate({
    findKey: async (keyId) => {
      asked.push(keyId);
      if (key instanceof ServiceError) throw key;
      return key ?? undefined;
    },
    pepper: async () => PEPPER,
    nowMs: () => nowMs,
  });
  const enter = (headers: Record<string, string>, query = '') =>
    authenticate({ headers, query: new URLSearchParams(query) });
  return { enter, asked };
}

const UNAUTHORIZED = expect.objectContaining({ code: 'platform/unauthorized' });

test.each([
  ['bearer', { authorization: `Bearer ${KEY}` }],
  ['a scheme in any case, with spaces', { authorization: `  bEARER   ${KEY} ` }],
  ['the password of basic', { authorization: `Basic ${Buffer.from(`me:${KEY}`).toString('base64')}` }],
  ['basic without a user', { authorization: `Basic ${Buffer.from(`:${KEY}`).toString('base64')}` }],
  ['a header of its own', { 'x-api-key': KEY }],
  ['the header of Firehose', { 'x-amz-firehose-access-key': KEY }],
])('a key is taken as %s', async (_how, headers) => {
  const { enter } = createDoor();
  await expect(enter(headers)).resolves.toEqual({
    workspace: 'abcdefghijkl',
    keyId: 'KEY000000001',
    scopes: ['ingest'],
  });
});

test('the use of a valid key is told, that of another is not', async () => {
  const used: string[] = [];
  const authenticate = createAuthenticate({
    findKey: async (keyId) => (keyId === 'KEY000000001' ? known() : undefined),
    pepper: PEPPER,
    nowMs: () => 1_000,
    noteUse: ({ keyId, workspace }) => used.push(`${workspace} ${keyId}`),
  });
  const stranger = formatKey({ env: 'test', keyId: 'KEY000000009', secret: SECRET });
  await authenticate({ headers: { 'x-api-key': KEY }, query: new URLSearchParams() });
  await expect(authenticate({ headers: { 'x-api-key': stranger }, query: new URLSearchParams() })).rejects.toThrow();
  expect(used).toEqual(['abcdefghijkl KEY000000001']);
});

test('A09 the workspace comes from the key, whatever else the request says', async () => {
  const { enter } = createDoor();
  const caller = await enter({ authorization: `Bearer ${KEY}`, 'x-scope-orgid': 'somebodyelse' });
  expect(caller.workspace).toBe('abcdefghijkl');
});

test.each<[string, Record<string, string>, string?]>([
  ['no key at all', {}],
  ['another scheme', { authorization: `Digest ${KEY}` }],
  ['a scheme without a key', { authorization: 'Bearer' }],
  ['a key without a scheme', { authorization: KEY }],
  ['another prefix', { authorization: `Bearer ${KEY.replace('fwn_', 'aio_')}` }],
  ['a wrong checksum', { authorization: `Bearer ${KEY.slice(0, -1)}${KEY.endsWith('0') ? '1' : '0'}` }],
  ['one changed digit', { authorization: `Bearer ${KEY.replace('KEY0', 'KEY1')}` }],
  ['a cut key', { authorization: `Bearer ${KEY.slice(0, -3)}` }],
  ['two authorization headers, joined', { authorization: `Bearer ${KEY},Bearer ${KEY}` }],
  ['two keys in two headers', { authorization: `Bearer ${KEY}`, 'x-api-key': KEY }],
  ['two keys in two other headers', { 'x-amz-firehose-access-key': KEY, 'x-api-key': KEY }],
  ['8 KB of header', { authorization: `Bearer ${'a'.repeat(8_192)}` }],
  ['a key in the query', {}, `key=${KEY}`],
  ['a key in the query beside a good header', { authorization: `Bearer ${KEY}` }, `x=1&token=${KEY}`],
])('A01 %s is refused without asking the store', async (_what, headers, query) => {
  const { enter, asked } = createDoor();
  await expect(enter(headers, query)).rejects.toEqual(UNAUTHORIZED);
  expect(asked).toEqual([]);
});

test.each<[string, KnownKey | null]>([
  ['an unknown key', null],
  ['a key with another secret', known({ secretHmac: hashSecret(PEPPER, 'another').toString('hex') })],
  ['a key made with another pepper', known({ secretHmac: hashSecret('salt', SECRET).toString('hex') })],
  ['a revoked key', known({ revokedAtMs: 1 })],
  ['an expired key', known({ expiresAtMs: 1_000 })],
  ['a key whose digest is damaged', known({ secretHmac: '' })],
])('A02 T15 %s is refused with the same words as any other', async (_what, key) => {
  const { enter } = createDoor(key);
  await expect(enter({ 'x-api-key': KEY })).rejects.toThrow('the API key is unknown, expired or revoked');
});

test('a key is good until it expires', async () => {
  const { enter } = createDoor(known({ expiresAtMs: 1_001 }));
  await expect(enter({ 'x-api-key': KEY })).resolves.toMatchObject({ keyId: 'KEY000000001' });
});

test('a store that is down is not a wrong key', async () => {
  const { enter } = createDoor(new ServiceError('store/unavailable', 'down', { retryable: true }));
  await expect(enter({ 'x-api-key': KEY })).rejects.toMatchObject({ code: 'store/unavailable' });
});

test('A01 a key text can be taken apart again, and no other text can', () => {
  expect(parseKey(KEY)).toEqual({ env: 'test', keyId: 'KEY000000001', secret: SECRET });
  for (let i = 0; i < KEY.length; i++) {
    expect(parseKey(`${KEY.slice(0, i)}${KEY[i] === 'z' ? 'y' : 'z'}${KEY.slice(i + 1)}`)).toBeUndefined();
  }
  expect(parseKey(`${KEY}\n`)).toBeUndefined();
});
