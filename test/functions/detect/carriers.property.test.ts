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

test('V02 remote write 1 and 2, OTLP, JSON and CSV, mixed, cut, late and repeated, end in the same bytes', async () => {
  await checkCarriersLaw(embedded.table, 100);
}, 120_000);

test('V02 logs by Loki, OTLP and JSON, mixed, cut, late and repeated, are counted to the same bytes', async () => {
  await checkLogCarriersLaw(embedded.table, 40);
}, 120_000);
