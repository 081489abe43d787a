import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as z from 'zod';

/** Rows of the bad-input matrix: the letter of their protocol, and how many there are. */
const ROWS: readonly (readonly [letter: string, protocol: string, rows: number])[] = [
  ['C', 'all protocols', 35],
  ['P', 'remote write', 34],
  ['O', 'OTLP', 30],
  ['L', 'Loki push', 14],
  ['K', 'Firehose and CloudWatch', 17],
  ['J', 'JSON API', 16],
];
const ROW = /\b[CPOLKJ]\d\d\b/g;
/** `P18–P20`, as a test of several rows is named. */
const RANGE = /\b([CPOLKJ])(\d\d)[–-]\1?(\d\d)\b/g;

const reportSchema = z.object({
  testResults: z.array(z.object({ assertionResults: z.array(z.object({ fullName: z.string(), status: z.string() })) })),
});

type Verdict = 'pass' | 'fail' | 'no test';

/** Runs the tests that are named by rows of the contract, and tells for each row whether all of its tests pass. */
export const ingestConformanceBench = {
  name: 'ingest-conformance',
  describe: 'rows of the ingest contract, each with whether its tests pass',
  async run(): Promise<Record<string, unknown>> {
    process.stderr.write('running the tests of the ingest contract\n');
    const verdicts = judge(await runTests());
    for (const [letter, protocol, rows] of ROWS) {
      const line = rowNames(letter, rows).map((row) => `${row} ${verdicts.get(row) ?? 'no test'}`);
      process.stdout.write(`${protocol}\n  ${line.join('\n  ')}\n`);
    }
    const all = ROWS.flatMap(([letter, , rows]) => rowNames(letter, rows));
    const having = (verdict: Verdict): string[] => all.filter((row) => (verdicts.get(row) ?? 'no test') === verdict);
    return {
      rows: all.length,
      passed: having('pass').length,
      failed: having('fail'),
      withoutTest: having('no test'),
      protocol: 'every row of the bad-input matrix; a row passes when every test whose name carries it passes',
    };
  },
};

function rowNames(letter: string, rows: number): string[] {
  return Array.from({ length: rows }, (_, i) => `${letter}${String(i + 1).padStart(2, '0')}`);
}

interface TestResult {
  readonly fullName: string;
  readonly status: string;
}

async function runTests(): Promise<readonly TestResult[]> {
  const directory = await mkdtemp(join(tmpdir(), 'forewarn-conformance-'));
  try {
    const outputFile = join(directory, 'report.json');
    const folders = [
      ...['ingest', 'query', 'report'].map((room) => `test/functions/${room}`),
      'test/data/segments',
      'test/local',
    ];
    const args = ['node_modules/vitest/vitest.mjs', 'run', ...folders, '--reporter=json', `--outputFile=${outputFile}`];
    const tests = spawn(process.execPath, args, { stdio: 'ignore' });
    // Failed tests are an answer; the report tells which.
    await new Promise((resolve, reject) => tests.once('exit', resolve).once('error', reject));
    const report = reportSchema.parse(JSON.parse(await readFile(outputFile, 'utf8')));
    return report.testResults.flatMap(({ assertionResults }) => assertionResults);
  } finally {
    await rm(directory, { recursive: true });
  }
}

function judge(tests: readonly TestResult[]): Map<string, Verdict> {
  const verdicts = new Map<string, Verdict>();
  for (const { fullName, status } of tests) {
    for (const row of rowsNamed(fullName)) {
      if (status !== 'passed') verdicts.set(row, 'fail');
      else if (!verdicts.has(row)) verdicts.set(row, 'pass');
    }
  }
  return verdicts;
}

function rowsNamed(name: string): readonly string[] {
  const rows: string[] = name.match(ROW) ?? [];
  for (const [, letter, first, last] of name.matchAll(RANGE)) {
    for (let number = Number(first); number <= Number(last); number++) {
      rows.push(`${letter}${String(number).padStart(2, '0')}`);
    }
  }
  return rows;
}
