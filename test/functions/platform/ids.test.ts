import { expect, test } from 'vitest';
import { hashId, timeId } from '../../../functions/platform/ids.ts';

test('the same parts give the same id, for ever', () => {
  expect(hashId('workspace', 'series')).toBe(hashId('workspace', 'series'));
  expect(hashId('a')).toMatch(/^[0-9a-f]{16}$/);
  expect(hashId('a', 'b')).toBe('facdde7abf1eac5b');
});

test('where one part ends and the next begins makes a difference', () => {
  expect(
    new Set([hashId('ab', 'c'), hashId('a', 'bc'), hashId('abc'), hashId('abc', ''), hashId('1:a', '')]).size,
  ).toBe(5);
});

test('ids of a time sort by it', () => {
  expect(timeId(0, 'ff')).toBe('1970-01-01T00:00:00.000Z_ff');
  expect(timeId(1_000, '00') > timeId(999, 'ff')).toBe(true);
});
