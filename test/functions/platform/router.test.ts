import { expect, test } from 'vitest';
import { createRouter } from '../../../functions/platform/router.ts';

const router = createRouter([
  { method: 'GET', path: '/v1/series' },
  { method: 'GET', path: '/v1/series/{seriesId}' },
  { method: 'GET', path: '/v1/series/latest' },
  { method: 'PUT', path: '/v1/limits/{limitId}' },
  { method: 'GET', path: '/v1/limits/{limitId}' },
  { method: 'GET', path: '/v1/series/{seriesId}/samples' },
]);

test('a template binds its named segments, decoded', () => {
  const match = router('GET', '/v1/series/a%20b%3Ac/samples');
  expect(match).toMatchObject({ kind: 'found', route: { path: '/v1/series/{seriesId}/samples' } });
  expect(match.kind === 'found' && match.params.seriesId).toBe('a b:c');
});

test('a literal segment wins over a named one, in whatever order they are given', () => {
  expect(router('GET', '/v1/series/latest')).toMatchObject({ route: { path: '/v1/series/latest' } });
});

test('a known path with another method names the methods that it has', () => {
  expect(router('POST', '/v1/limits/cpu')).toMatchObject({
    kind: 'wrong-method',
    allowed: ['GET', 'PUT'],
    route: { path: '/v1/limits/{limitId}' },
  });
});

test.each([
  '/',
  '',
  '/v1',
  '/v1/series/',
  '/v1//series',
  '//v1/series',
  '/v1/series/..',
  '/v1/./series',
  '/v1/x/%2e%2e/series',
  '/v1/series/%2E%2E',
  '/v1/series/%2e',
  '/v1/series/a%2Fb',
  '/v1/series/a%5Cb',
  '/v1/series/%',
  '/v1/series/%ff',
  '/V1/series',
  'http://elsewhere/v1/series',
])('%s leads nowhere', (path) => {
  expect(router('GET', path)).toEqual({ kind: 'unknown-path' });
});

test('a segment is matched once decoded, and only once', () => {
  const match = router('GET', '/v1/series/%252e%252e');
  expect(match.kind === 'found' && match.params.seriesId).toBe('%2e%2e');
});

test('parameters have no prototype to be mistaken for one', () => {
  const match = router('GET', '/v1/series/x');
  expect(match.kind === 'found' && 'toString' in match.params).toBe(false);
});
