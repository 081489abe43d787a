import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { ServiceError } from '../../../functions/platform/errors.ts';

const read = (path: string): Promise<string> => readFile(new URL(`../../../${path}`, import.meta.url), 'utf8');

test('every code has its heading in the documentation, in the same order, and no other has', async () => {
  const source = await read('functions/platform/errors.ts');
  const union = source.slice(source.indexOf('export type ErrorCode'), source.indexOf(';'));
  const codes = [...union.matchAll(/'([a-z]+\/[a-z-]+)'/g)].map(([, code]) => code);
  const headings = [...(await read('docs/errors.md')).matchAll(/^## (.+)$/gm)].map(([, heading]) => heading);
  expect(codes.length).toBeGreaterThan(10);
  expect(headings).toEqual(codes);
});

test('an error keeps its code, its cause and what may be logged of it', () => {
  const cause = new Error('below');
  const error = new ServiceError('store/unavailable', 'the disk is full', {
    retryable: true,
    details: { freeBytes: 0 },
    cause,
  });
  expect(error).toMatchObject({
    name: 'ServiceError',
    code: 'store/unavailable',
    message: 'the disk is full',
    retryable: true,
    details: { freeBytes: 0 },
    cause,
  });
  expect(new ServiceError('platform/not-found', 'x')).toMatchObject({ retryable: false, details: {} });
});
