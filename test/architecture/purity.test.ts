import { describe, expect, it } from 'vitest';
import { readSources, type SourceTree, withoutComments } from './source-tree.ts';

interface Privilege {
  readonly what: string;
  readonly pattern: RegExp;
  /** Folders in which it is looked for. */
  readonly within: RegExp;
  /** Files that alone may do it. */
  readonly only: RegExp;
  readonly advice: string;
}

const NOWHERE = /^$/;

const PRIVILEGES: readonly Privilege[] = [
  {
    what: 'reads the time',
    pattern: /\bDate\.now\b|\bnew Date\(\s*\)|(?<!new )\bDate\(\)|\bperformance\.(now|timeOrigin)\b|\bhrtime\b/,
    within: /^(models|functions|data)\//,
    only: /^functions\/platform\/clock\.ts$/,
    advice: 'take nowMs as an argument',
  },
  {
    what: 'draws at random',
    pattern: /\bMath\.random\b/,
    // Adapters may: they draw how long to wait before they try again.
    within: /^(models|functions)\//,
    only: NOWHERE,
    advice: 'take a seeded generator of models/numeric/random.ts, or bytes of node:crypto where it must not be guessed',
  },
  {
    what: 'reads the environment',
    pattern: /\bprocess\.env\b/,
    within: /^(models|functions|data|local)\//,
    only: /^functions\/platform\/env\.ts$/,
    advice: 'add it to the schema of the room in functions/platform/env.ts',
  },
  {
    what: 'writes to the console',
    pattern: /\bconsole\.\w+\(/,
    within: /^(models|functions|data|cdk)\//,
    only: /^functions\/platform\/log\.ts$/,
    advice: 'write through the log that the edge gives',
  },
];

function misuses(tree: SourceTree): readonly string[] {
  return [...tree].flatMap(([path, source]) => {
    const lines = withoutComments(source).split('\n');
    return PRIVILEGES.filter(({ within, only }) => within.test(path) && !only.test(path)).flatMap((privilege) =>
      lines.flatMap((line, i) =>
        privilege.pattern.test(line) ? [`${path}:${i + 1} ${privilege.what}: ${privilege.advice}`] : [],
      ),
    );
  });
}

describe('the source tree', () => {
  const tree = readSources(['models', 'functions', 'data', 'local', 'cdk']);

  it('reads time, chance and environment, and writes to the console, only where that belongs', () => {
    expect(misuses(tree)).toEqual([]);
  });

  it('still has the files that alone may do so', () => {
    for (const { only } of PRIVILEGES) {
      if (only !== NOWHERE) expect([...tree.keys()].filter((path) => only.test(path))).toHaveLength(1);
    }
  });
});

describe('the checker', () => {
  it.each([
    ['the clock in a model', 'models/detect/bad.ts', 'const t = Date.now();', 'reads the time'],
    ['the clock as a date', 'functions/query/bad.ts', 'const t = new Date();', 'reads the time'],
    ['the clock of the machine', 'data/embedded/bad.ts', 'const t = performance.now();', 'reads the time'],
    ['chance', 'models/numeric/bad.ts', 'const u = Math.random();', 'draws at random'],
    ['the environment', 'functions/query/bad.ts', 'const { HOME } = process.env;', 'reads the environment'],
    ['the console', 'data/aws/bad.ts', "console.log('here');", 'writes to the console'],
  ])('finds %s', (_what, path, source, misuse) => {
    expect(misuses(new Map([[path, `\n${source}`]]))).toEqual([expect.stringContaining(`${path}:2 ${misuse}: `)]);
  });

  it('lets pass what only looks like it', () => {
    const source = '// Date.now() is not for us\n/* Math.random() */\nconst day = new Date(nowMs);';

    expect(misuses(new Map([['models/detect/good.ts', source]]))).toEqual([]);
  });
});
