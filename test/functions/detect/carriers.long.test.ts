import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, test } from 'vitest';
import { type EmbeddedBackend, openEmbedded } from '../../../data/embedded/embedded.ts';
import { checkCarriersLaw } from './carriers-law.ts';
import { checkLogCarriersLaw } from './log-carriers-law.ts';

let directory: string;
let embedded: EmbeddedBackend;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'forewarn-carriers-'));
  embedded = await openEmbedded({ directory, nowMs: () => 0 });
});

afterAll(async () => {
  await embedded.close();
  await rm(directory, { recursive: true });
});

test('a thousand ways of the same samples end in the same bytes', async () => {
  await checkCarriersLaw(embedded.table, 1_000);
});

test('a thousand ways of the same log records end in the same bytes', async () => {
  await checkLogCarriersLaw(embedded.table, 1_000);
});
