import { writeFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { createProgress } from '../progress.ts';
import { parseArguments, type ReplayArguments, USAGE } from './arguments.ts';
import { replayJson } from './json.ts';
import { replayPage } from './page.ts';
import { type FileContent, readSeries } from './read-series.ts';
import { ReplayError } from './replay-error.ts';
import { replaySeries, type SeriesReplay } from './replay-series.ts';
import { reportLines } from './text.ts';
import { grouped } from './words.ts';

/** On standard error, so that what is written to standard output can be taken by a program. */
const progress = createProgress(process.stderr);

try {
  await main(process.argv.slice(2));
} catch (error) {
  process.exitCode = 1;
  console.error(error instanceof ReplayError ? `replay: ${error.message}` : error);
}

async function main(argv: readonly string[]): Promise<void> {
  if (argv.length === 0 || argv.includes('--help')) {
    process.stdout.write(`${USAGE}\n`);
    return;
  }
  const given = parseArguments(argv);
  const content = await readSeries(given.path, {
    timeZone: given.timeZone,
    onProgress: (ratio) => progress.step('Reading', ratio),
  });
  tellFile(content);
  const replays = replayAll(content, given);
  await write(given, content, replays);
}

function tellFile({ series, rows, refused, refusals, leftOutColumns }: FileContent): void {
  progress.say(`${grouped(rows)} rows, ${series.length === 1 ? 'one series' : `${grouped(series.length)} series`}`);
  if (leftOutColumns.length > 0)
    progress.say(`Left out: column ${leftOutColumns.join(', ')}, being numbers beside values`);
  if (refused > 0) progress.say(`${grouped(refused)} cells or rows could not be read:`);
  for (const refusal of refusals) progress.say(`  ${refusal}`);
  const [repeats, late] = [sum(series, ({ repeats: count }) => count), sum(series, ({ outOfOrder }) => outOfOrder)];
  if (repeats > 0) progress.say(`${grouped(repeats)} samples of a time that was there already are left out`);
  if (late > 0) progress.say(`${grouped(late)} samples were not in order of time, and are put in order`);
}

function replayAll({ series }: FileContent, given: ReplayArguments): SeriesReplay[] {
  const points = sum(series, ({ values }) => values.length);
  let done = 0;
  return series.map((one) => {
    const onProgress = (ratio: number): void => progress.step('Replaying', (done + ratio * one.values.length) / points);
    const replay = replaySeries(one, { ...given, onProgress });
    done += one.values.length;
    onProgress(0);
    return replay;
  });
}

async function write(given: ReplayArguments, content: FileContent, replays: readonly SeriesReplay[]): Promise<void> {
  const { path, timeZone, html, json } = given;
  if (json !== '-') {
    for (const replay of replays) process.stdout.write(`${reportLines(replay, timeZone).join('\n')}\n`);
  }
  if (json !== undefined) {
    const text = `${JSON.stringify(replayJson(path, content, replays, timeZone), null, 2)}\n`;
    if (json === '-') process.stdout.write(text);
    else await save(json, text);
  }
  if (html !== undefined) await save(html, replayPage(basename(path), content, replays, timeZone));
}

async function save(path: string, text: string): Promise<void> {
  await writeFile(path, text).catch((error: unknown) => {
    throw new ReplayError(`${path} cannot be written: ${error instanceof Error ? error.message : String(error)}`);
  });
  progress.say(`Written: ${path}`);
}

function sum<T>(items: readonly T[], of: (item: T) => number): number {
  return items.reduce((total, item) => total + of(item), 0);
}
