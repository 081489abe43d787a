import { describe, expect, it } from 'vitest';
import { findSuspects } from '../../../models/decide/find-suspects.ts';
import { NOW_MS, sampleChange } from '../../support/decide-samples.ts';

describe('findSuspects', () => {
  it('breaks ties by id and names at most ten', () => {
    const changes = Array.from({ length: 12 }, (_, i) => sampleChange({ changeId: `c${90 - i}`, atMs: NOW_MS - 1 }));

    expect(findSuspects(changes, 'api', NOW_MS)).toEqual(Array.from({ length: 10 }, (_, i) => `c${79 + i}`));
  });
});
