import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { REPOSITORY } from './source-tree.ts';

type Versions = Readonly<Record<string, string>>;

interface Manifest {
  readonly dependencies: Versions;
  readonly devDependencies: Versions;
  readonly optionalDependencies: Versions;
}

const manifest: Manifest = JSON.parse(readFileSync(join(REPOSITORY, 'package.json'), 'utf8'));
const page = readFileSync(join(REPOSITORY, 'docs/dependencies.md'), 'utf8');

/** Rows of the page's tables: names, then why, size, and what we would do without. */
const rows = page
  .split('\n')
  .filter((line) => line.startsWith('| `'))
  .map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );

describe('docs/dependencies.md', () => {
  it('has a line for each dependency, and none for what is gone', () => {
    const documented = rows.flatMap(([names = '']) => [...names.matchAll(/`([^`]+)`/g)].map((match) => match[1]!));
    const used = Object.keys({
      ...manifest.dependencies,
      ...manifest.devDependencies,
      ...manifest.optionalDependencies,
    });

    expect(documented.toSorted()).toEqual(used.toSorted());
  });

  it('says of each why it is there, how large it is, and what we would do without it', () => {
    for (const [names, ...cells] of rows) {
      expect(cells, names).toHaveLength(3);
      for (const cell of cells) expect(cell, names).not.toBe('');
    }
  });
});

describe('package.json', () => {
  it('names exact versions, apart from types that follow the major version of Node', () => {
    const loose = Object.entries({
      ...manifest.dependencies,
      ...manifest.devDependencies,
      ...manifest.optionalDependencies,
    })
      .filter(([, version]) => !/^\d+\.\d+\.\d+$/.test(version))
      .map(([name]) => name);

    expect(loose).toEqual(['@types/node']);
  });
});
