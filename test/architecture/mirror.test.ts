import { describe, expect, it } from 'vitest';
import { readSources, runtimeImportsOf, type SourceTree } from './source-tree.ts';

/** Words of the domain are types; a registry is tested through the suite that runs for each of its entries. */
const NEED_NO_MIRROR = /^models\/domain\/|\/registry\.ts$/;
/** Types and constants have nothing to test. */
const EXPORTS_CODE = /^export (?:async )?(?:function|class)\b|^export const \w+[^;]*?=>/m;

/** Files of models, and the use cases: what the composition root takes from the rooms. */
function filesToMirror(tree: SourceTree): readonly string[] {
  const models = [...tree.keys()].filter((path) => path.startsWith('models/'));
  const roots = [...tree].filter(([path]) => /^functions\/[a-z-]+\.ts$/.test(path));
  const useCases = roots
    .flatMap(([path, source]) => runtimeImportsOf(path, source))
    .filter((path) => /^functions\/(?!platform\/)[a-z]+\//.test(path));
  return [...new Set([...models, ...useCases])].filter(
    (path) => !NEED_NO_MIRROR.test(path) && EXPORTS_CODE.test(tree.get(path) ?? ''),
  );
}

/** `models/detect/mad.ts` is mirrored by `test/models/detect/mad.test.ts`, or by `mad.property.test.ts` and the like. */
function withoutMirror(tree: SourceTree): readonly string[] {
  const mirrored = new Set(
    [...tree.keys()]
      .filter((path) => path.startsWith('test/'))
      .map((path) => path.slice('test/'.length).replace(/(\.[a-z]+)?\.test\.ts$/, '.ts')),
  );
  return filesToMirror(tree).filter((path) => !mirrored.has(path));
}

describe('the test tree', () => {
  const tree = readSources(['models', 'functions', 'test']);

  it('mirrors every file of models and every use case', () => {
    expect(withoutMirror(tree)).toEqual([]);
  });

  it('mirrors many, so that a search that finds none is noticed', () => {
    expect(filesToMirror(tree).length).toBeGreaterThan(30);
  });

  it('has no test file without a test', () => {
    const empty = [...tree].filter(
      ([path, source]) => path.endsWith('.test.ts') && !/\b(it|test)(\.\w+)*\(|Contract\(/.test(source),
    );

    expect(empty.map(([path]) => path)).toEqual([]);
  });
});

describe('the checker', () => {
  const tree: SourceTree = new Map([
    ['models/domain/word.ts', 'export const word = 1;'],
    ['models/detect/shape.ts', 'export interface Shape {}\nexport const SIZE = 4;'],
    ['models/detect/registry.ts', 'export const all = [];'],
    ['models/detect/covered.ts', 'export function covered() {}'],
    ['models/detect/forgotten.ts', 'export function forgotten() {}'],
    [
      'functions/compose.ts',
      "import { run } from './detect/detect-shard.ts';\nimport { log } from './platform/log.ts';",
    ],
    ['functions/detect/detect-shard.ts', 'export async function run() {}'],
    ['functions/detect/part.ts', 'export function part() {}'],
    ['test/models/detect/covered.property.test.ts', 'it()'],
    ['test/functions/query/other.test.ts', 'it()'],
  ]);

  it('finds a forgotten model and a forgotten use case, and nothing that needs no mirror', () => {
    expect(withoutMirror(tree)).toEqual(['models/detect/forgotten.ts', 'functions/detect/detect-shard.ts']);
  });
});
