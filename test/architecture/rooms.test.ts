import { describe, expect, it } from 'vitest';
import { barrels, importCircles, importViolations } from './check-imports.ts';
import { IMPORT_RULES } from './import-rules.ts';
import { readSources, type SourceTree } from './source-tree.ts';

const ROOMS = ['models', 'functions', 'data', 'cdk', 'local'];

describe('the source tree', () => {
  const tree = readSources(ROOMS);

  it('imports only what its rooms may', () => {
    expect(importViolations(tree, IMPORT_RULES)).toEqual([]);
  });

  it('has no circle of imports', () => {
    expect(importCircles(tree)).toEqual([]);
  });

  it('has no file that only hands on others', () => {
    expect(barrels(tree)).toEqual([]);
  });

  it('gives each rule something to watch over, apart from rooms that are still to come', () => {
    const idle = IMPORT_RULES.filter((rule) => ![...tree.keys()].some((path) => rule.files.test(path)));

    expect(idle.map((rule) => rule.room).filter((room) => room !== 'models/logs')).toEqual([]);
  });

  it('names its files in lower case with hyphens', () => {
    expect([...tree.keys()].filter((path) => !/^[a-z0-9/-]+\.ts$/.test(path))).toEqual([]);
  });
});

/** Paths that are there, so that only what is planted is found. */
const GOOD: Readonly<Record<string, string>> = {
  'models/domain/word.ts': 'export interface Word { readonly text: string }',
  'models/numeric/sum.ts': 'export const sum = (a: number, b: number): number => a + b;',
  'models/detect/detector.ts':
    "import type { Word } from '../domain/word.ts';\nimport { sum } from '../numeric/sum.ts';",
  'models/forecast/forecaster.ts': "import { sum } from '../numeric/sum.ts';",
  'data/contracts.ts': 'export interface Table {}',
  'data/aws/dynamo-table.ts': "import type { Table } from '../contracts.ts';\nimport '@aws-sdk/client-dynamodb';",
  'data/embedded/table.ts':
    "import type { Table } from '../contracts.ts';\nimport { DatabaseSync } from 'node:sqlite';",
  'data/tables/records.ts': "import type { Table } from '../contracts.ts';",
  'functions/platform/errors.ts': 'export class ServiceError extends Error {}',
  'functions/platform/env.ts': "import { z } from 'zod';",
  'functions/compose.ts':
    "import { run } from './detect/run.ts';\nimport { table } from '../data/aws/dynamo-table.ts';",
  'functions/detect/handler.ts': "import { composeDetect } from '../compose.ts';",
  'functions/detect/run.ts': "import type { Table } from '../../data/contracts.ts';",
  'functions/query/list.ts': "import type { Table } from '../../data/contracts.ts';",
  'cdk/app.ts': "import { App } from 'aws-cdk-lib';",
  'local/main.ts': "import { composeDetect } from '../functions/compose.ts';",
  'test/support/fake.ts': 'export const fake = 1;',
};

function plant(planted: Readonly<Record<string, string>>): SourceTree {
  return new Map(Object.entries({ ...GOOD, ...planted }));
}

const found = (planted: Readonly<Record<string, string>>): readonly string[] =>
  importViolations(plant(planted), IMPORT_RULES).filter((violation) => !violation.startsWith('test/'));

describe('the checker', () => {
  it('lets a good tree pass', () => {
    expect(found({})).toEqual([]);
    expect(importCircles(plant({}))).toEqual([]);
  });

  it.each([
    ['a model that reads files', 'models/detect/bad.ts', "import { readFileSync } from 'node:fs';", 'node:fs'],
    [
      'a model that uses a package',
      'models/numeric/bad.ts',
      "import { mean } from 'simple-statistics';",
      'simple-statistics',
    ],
    [
      'one model that calls another',
      'models/detect/bad.ts',
      "import '../forecast/forecaster.ts';",
      'models/forecast/forecaster.ts',
    ],
    [
      'mathematics that knows the domain',
      'models/numeric/bad.ts',
      "import type { Word } from '../domain/word.ts';",
      'models/domain/word.ts',
    ],
    [
      'a contract that imports its adapter',
      'data/contracts.ts',
      "export type { T } from './aws/dynamo-table.ts';",
      'data/aws/dynamo-table.ts',
    ],
    [
      'an adapter that imports the other',
      'data/aws/bad.ts',
      "import { t } from '../embedded/table.ts';",
      'data/embedded/table.ts',
    ],
    ['an embedded adapter with the SDK', 'data/embedded/bad.ts', "import '@aws-sdk/client-s3';", '@aws-sdk/client-s3'],
    [
      'a collection that picks its adapter',
      'data/tables/bad.ts',
      "import '../embedded/table.ts';",
      'data/embedded/table.ts',
    ],
    [
      'the platform that knows a room',
      'functions/platform/bad.ts',
      "import '../detect/run.ts';",
      'functions/detect/run.ts',
    ],
    [
      'one room that imports another',
      'functions/query/bad.ts',
      "import type { R } from '../detect/run.ts';",
      'functions/detect/run.ts',
    ],
    [
      'a use case with the SDK',
      'functions/query/bad.ts',
      "import {\n  S3Client,\n} from '@aws-sdk/client-s3';",
      '@aws-sdk/client-s3',
    ],
    [
      'a use case with an adapter',
      'functions/query/bad.ts',
      "const t = await import('../../data/aws/dynamo-table.ts');",
      'data/aws/dynamo-table.ts',
    ],
    [
      'a use case that starts a worker elsewhere',
      'functions/query/bad.ts',
      "new URL('../../data/embedded/table.ts', import.meta.url)",
      'data/embedded/table.ts',
    ],
    [
      'a use case that reads the environment',
      'functions/query/bad.ts',
      "import { readEnv } from '../platform/env.ts';",
      'functions/platform/env.ts',
    ],
    ['a use case that composes itself', 'functions/query/bad.ts', "import '../compose.ts';", 'functions/compose.ts'],
    [
      'a use case that calls a handler',
      'functions/detect/bad.ts',
      "import './handler.ts';",
      'functions/detect/handler.ts',
    ],
    [
      'a handler that does the work',
      'functions/detect/handler.ts',
      "import { run } from './run.ts';",
      'functions/detect/run.ts',
    ],
    [
      'a composition root that imports a handler',
      'functions/compose.ts',
      "import './detect/handler.ts';",
      'functions/detect/handler.ts',
    ],
    [
      'a deployment with run-time code',
      'cdk/bad.ts',
      "import '../functions/detect/run.ts';",
      'functions/detect/run.ts',
    ],
    [
      'run-time code that imports a test',
      'local/bad.ts',
      "import { fake } from '../test/support/fake.ts';",
      'test/support/fake.ts',
    ],
  ])('finds %s', (_what, path, source, target) => {
    expect(found({ [path]: source })).toEqual([expect.stringContaining(`${path} imports ${target}: `)]);
  });

  it('finds a file that belongs to no room', () => {
    expect(found({ 'functions/utils/bad.ts': '' })).toEqual(['functions/utils/bad.ts belongs to no room']);
  });

  it('finds an import of what is not there, letter case included', () => {
    expect(found({ 'models/detect/bad.ts': "import { sum } from '../numeric/Sum.ts';" })).toEqual([
      'models/detect/bad.ts imports models/numeric/Sum.ts, which is not there',
    ]);
  });

  it('finds a circle', () => {
    const circle = { 'models/detect/a.ts': "import './b.ts';", 'models/detect/b.ts': "import './a.ts';" };

    expect(importCircles(plant(circle))).toEqual(['models/detect/a.ts → models/detect/b.ts → models/detect/a.ts']);
  });

  it('finds a barrel', () => {
    expect(barrels(plant({ 'models/detect/all.ts': "export * from './detector.ts';" }))).toEqual([
      'models/detect/all.ts',
    ]);
    expect(barrels(plant({ 'models/detect/index.ts': '' }))).toEqual(['models/detect/index.ts']);
  });

  it('is not led astray by an import in a comment', () => {
    const source = " * import { readFileSync } from 'node:fs';";

    expect(found({ 'models/detect/good.ts': source })).toEqual([]);
  });
});
