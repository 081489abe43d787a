import { spawn } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as z from 'zod';
import type { ContractRow } from './contract-chapter.ts';
import { CONTRACT } from './contract-rows.ts';

const ALL = CONTRACT.flatMap(({ rows }) => rows);
const LETTERS = [...new Set(ALL.map(({ row }) => row.charAt(0)))].join('');
const ROW = new RegExp(`\\b[${LETTERS}]\\d\\d\\b`, 'g');
/** `P18–P20`, as a test of several rows is named. */
const RANGE = new RegExp(`\\b([${LETTERS}])(\\d\\d)[–-]\\1?(\\d\\d)\\b`, 'g');

const reportSchema = z.object({
  testResults: z.array(z.object({ assertionResults: z.array(z.object({ fullName: z.string(), status: z.string() })) })),
});

type Verdict = 'pass' | 'fail' | 'skipped' | 'no test' | 'not applicable';

/** Runs the tests that are named by rows of the contract, and tells for each row whether all of its tests pass. */
export const ingestConformanceBench = {
  name: 'ingest-conformance',
  describe: 'rows of the ingest contract, each with whether its tests pass',
  async run(): Promise<Record<string, unknown>> {
    process.stderr.write('running the tests of the ingest contract\n');
    const results = await runTests();
    const verdicts = judge(results);
    const verdictOf = ({ row, notApplicable }: ContractRow): Verdict =>
      verdicts.get(row) ?? (notApplicable === undefined ? 'no test' : 'not applicable');
    for (const { title, rows } of CONTRACT) {
      process.stdout.write(`${title}\n${rows.map((row) => `  ${tableLine(row, verdictOf(row))}\n`).join('')}`);
    }
    const having = (verdict: Verdict): string[] =>
      ALL.filter((row) => verdictOf(row) === verdict).map(({ row }) => row);
    const [failed, withoutTest, skipped] = [having('fail'), having('no test'), having('skipped')];
    if (failed.length + withoutTest.length > 0) process.exitCode = 1;
    return {
      rows: ALL.length,
      passed: having('pass').length,
      failed,
      withoutTest,
      skipped,
      notApplicable: having('not applicable'),
      tests: results.filter(({ fullName }) => rowsNamed(fullName).length > 0).length,
      protocol:
        'every row of the contract; a row passes when every test whose name carries it passes, and is skipped where a program that one of them needs is not installed',
    };
  },
};

function tableLine({ row, what, notApplicable }: ContractRow, verdict: Verdict): string {
  const reason = verdict === 'not applicable' ? `: ${notApplicable}` : '';
  return `${row}  ${what} → ${verdict}${reason}`;
}

interface TestResult {
  readonly fullName: string;
  readonly status: string;
}

/** Others are not loaded at all. */
function filesWithRows(): readonly string[] {
  return globSync('test/**/*.test.ts').filter((path) => rowsNamed(readFileSync(path, 'utf8')).length > 0);
}

async function runTests(): Promise<readonly TestResult[]> {
  const directory = await mkdtemp(join(tmpdir(), 'forewarn-conformance-'));
  try {
    const outputFile = join(directory, 'report.json');
    const report = ['--reporter=json', `--outputFile=${outputFile}`];
    const args = ['node_modules/vitest/vitest.mjs', 'run', ...filesWithRows(), '-t', ROW.source, ...report];
    const tests = spawn(process.execPath, args, { stdio: 'ignore' });
    // Failed tests are an answer; the report tells which.
    await new Promise((resolve, reject) => tests.once('exit', resolve).once('error', reject));
    const { testResults } = reportSchema.parse(JSON.parse(await readFile(outputFile, 'utf8')));
    return testResults.flatMap(({ assertionResults }) => assertionResults);
  } finally {
    await rm(directory, { recursive: true });
  }
}

/** A row is as good as the worst of its tests. */
function judge(tests: readonly TestResult[]): Map<string, Verdict> {
  const verdicts = new Map<string, Verdict>();
  for (const { fullName, status } of tests) {
    for (const row of rowsNamed(fullName)) {
      const known = verdicts.get(row) ?? 'pass';
      const verdict = verdictOfTest(status);
      verdicts.set(row, known === 'fail' || verdict === 'pass' ? known : verdict);
    }
  }
  return verdicts;
}

/** A test that cannot run here says nothing of its row. */
function verdictOfTest(status: string): Verdict {
  if (status === 'passed') return 'pass';
  return status === 'skipped' || status === 'pending' ? 'skipped' : 'fail';
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
