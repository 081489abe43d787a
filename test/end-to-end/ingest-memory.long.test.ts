import { expect, test } from 'vitest';
import { runIngestMemory } from '../../bench/ingest-memory.ts';
import { LARGEST_BODIES } from '../../bench/largest-bodies.ts';

test('two hundred of the largest requests at once, with a heap of 256 MB: stored or sent away, and all that is stored is detected', async () => {
  const { answers, deadMessages } = await runIngestMemory(LARGEST_BODIES);

  expect(Object.keys(answers)).toEqual(Object.keys(LARGEST_BODIES));
  for (const [kind, counts] of Object.entries(answers)) {
    const { 200: ok = 0, 204: stored = 0, 503: sentAway = 0, ...others } = counts;
    expect({ kind, others }).toEqual({ kind, others: {} });
    expect(ok + stored, kind).toBeGreaterThan(0);
    expect(ok + stored + sentAway, kind).toBe(200);
  }
  expect(deadMessages).toBe(0);
});
