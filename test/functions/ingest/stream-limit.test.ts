import { expect, test } from 'vitest';
import { createStreamLimit } from '../../../functions/ingest/stream-limit.ts';

const HOUR_MS = 3_600_000;
const ignore = (): void => {};
const batch = (streamId: string, lines = 1) => ({
  streamId,
  labels: [],
  records: Array.from({ length: lines }, (_, i) => ({ timestampMs: i, severity: 'info' as const, line: `${i}` })),
});

function admit(limit: ReturnType<typeof createStreamLimit>, ids: readonly string[], nowMs = 0, workspace = 'a') {
  const { admitted, ...refused } = limit(
    workspace,
    ids.map((id) => batch(id, 2)),
    nowMs,
  );
  return { admitted: admitted.map(({ streamId }) => streamId), ...refused };
}

test('streams come in as long as there is room, and known ones always', () => {
  const limit = createStreamLimit(() => ({ maxStreams: 2 }), ignore);
  expect(admit(limit, ['1', '2', '3'])).toEqual({ admitted: ['1', '2'], refusedStreams: 1, refusedRecords: 2 });
  expect(admit(limit, ['4', '2', '1'])).toEqual({ admitted: ['2', '1'], refusedStreams: 1, refusedRecords: 2 });
});

test('another limit holds from the next request on, and takes nothing from streams that are there', () => {
  let maxStreams = 1;
  const limit = createStreamLimit(() => ({ maxStreams }), ignore);
  admit(limit, ['1', '2']);
  maxStreams = 3;
  expect(admit(limit, ['1', '2', '3', '4'])).toMatchObject({ admitted: ['1', '2', '3'], refusedStreams: 1 });
  maxStreams = 1;
  expect(admit(limit, ['3', '5'])).toMatchObject({ admitted: ['3'], refusedStreams: 1 });
});

test('a workspace takes no room from another', () => {
  const limit = createStreamLimit(() => ({ maxStreams: 1 }), ignore);
  admit(limit, ['1']);
  expect(admit(limit, ['1'], 0, 'b').refusedStreams).toBe(0);
});

test('a stream that was silent for long makes room, one that goes on does not', () => {
  const limit = createStreamLimit(() => ({ maxStreams: 2 }), ignore);
  admit(limit, ['silent', 'busy']);
  admit(limit, ['busy'], HOUR_MS);
  expect(admit(limit, ['new'], HOUR_MS).refusedStreams).toBe(1);
  expect(admit(limit, ['new', 'newer'], HOUR_MS + 60_000)).toEqual({
    admitted: ['new'],
    refusedStreams: 1,
    refusedRecords: 2,
  });
});

test('how many streams are in use is noted with every request that brings logs; silent ones are not', () => {
  const noted: string[] = [];
  const limit = createStreamLimit(
    () => ({ maxStreams: 3 }),
    (workspace, streams) => noted.push(`${workspace} ${streams}`),
  );
  admit(limit, ['1', '2', '3', '4']);
  admit(limit, ['1'], 0, 'b');
  admit(limit, [], 10);
  admit(limit, ['1'], 2 * HOUR_MS);
  expect(noted).toEqual(['a 3', 'b 1', 'a 1']);
});
