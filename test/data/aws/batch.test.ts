import { expect, test } from 'vitest';
import { type BatchFailure, runBatch } from '../../../data/aws/batch.ts';

const entries = ['a', 'b', 'c'].map((Id) => ({ Id }));
const failure = (Id: string, SenderFault: boolean): BatchFailure => ({ Id, SenderFault, Code: 'code' });

test('what the service failed to take is sent again, and only that', async () => {
  const sent: string[][] = [];
  const answers = [[failure('a', false), failure('c', false)], [failure('c', false)], []];
  const send = async (some: { Id: string }[]): Promise<{ Failed: BatchFailure[] }> => {
    sent.push(some.map(({ Id }) => Id));
    return { Failed: answers[sent.length - 1] ?? [] };
  };

  await runBatch('send', entries, send, { ignoresSenderFaults: false });

  expect(sent).toEqual([['a', 'b', 'c'], ['a', 'c'], ['c']]);
});

test("fails when an entry is refused as the sender's fault, unless that is to be ignored", async () => {
  const send = async (): Promise<{ Failed: BatchFailure[] }> => ({ Failed: [failure('b', true)] });

  const strict = runBatch('send', entries, send, { ignoresSenderFaults: false });

  await expect(strict).rejects.toMatchObject({ code: 'store/unavailable', retryable: false });
  await expect(runBatch('send', entries, send, { ignoresSenderFaults: true })).resolves.toBeUndefined();
});
