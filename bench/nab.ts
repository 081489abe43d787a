import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createDetector, DEFAULT_DETECTOR } from '../models/detect/registry.ts';
import { DEFAULT_THRESHOLD, scoreSeries } from './detect-scores.ts';
import { NAB_PROFILES, type NabFile, type NabWindow, scoreNab, sweepNab } from './nab-scorer.ts';
import { folderOption, textOption } from './options.ts';
import { parseTimeMs, readCsvFolder } from './series-csv.ts';

type Profile = keyof typeof NAB_PROFILES;
const PROFILES = Object.keys(NAB_PROFILES) as Profile[];

interface NamedFile extends NabFile {
  readonly name: string;
  readonly told: Float64Array;
}

export const nabBench = {
  name: 'nab',
  describe: 'a detector on the Numenta board: swept, at the default threshold, and both halves --data DIR [--detector]',
  run: async (args: string[]): Promise<Record<string, unknown>> => {
    const detector = createDetector(textOption(args, '--detector', DEFAULT_DETECTOR));
    const folder = folderOption(args, 'nab');
    const windows = readWindows(folder);
    const files = readCsvFolder(join(folder, 'data')).map(({ name, columns }): NamedFile => {
      process.stderr.write(`nab: ${name}\n`);
      const labelled = (windows.get(name) ?? []).map(([from, to]) => rowsBetween(columns.timestampsMs, from, to));
      return { name, ...scoreSeries(detector, columns), windows: labelled };
    });
    process.stdout.write(groupTable(files));
    const swept = byProfile((profile) => sweepNab(files, NAB_PROFILES[profile]).score);
    const told = files.map(({ told: scores, windows: labelled }) => ({ scores, windows: labelled }));
    const { threshold } = sweepNab(files, NAB_PROFILES.standard);
    return {
      ...swept,
      fixed: atDefault(files),
      told: atDefault(told),
      halves: halves(files, threshold),
      fixedHalves: halves(files, DEFAULT_THRESHOLD),
      files: files.length,
      windows: files.reduce((count, file) => count + file.windows.length, 0),
      protocol: `${detector.name} version ${detector.version} at its defaults, fixed in advance; strictly online, one row at a time, told neither minimum, maximum nor length; standard, lowFP and lowFN at the one threshold swept on the labels for each, fixed where the score is above 1, told at the rows at which the tracker opens an anomaly; halves are standard of the files at even and at odd places in order of name, at the swept threshold of all files, fixedHalves above 1`,
    };
  },
};

function readWindows(folder: string): Map<string, [string, string][]> {
  const text = readFileSync(join(folder, 'labels', 'combined_windows.json'), 'utf8');
  return new Map(Object.entries(JSON.parse(text) as Record<string, [string, string][]>));
}

/** Rows within two times, both inclusive. */
function rowsBetween(timestampsMs: Float64Array, from: string, to: string): NabWindow {
  const fromMs = parseTimeMs(from);
  const toMs = parseTimeMs(to);
  const first = timestampsMs.findIndex((timestampMs) => timestampMs >= fromMs);
  const last = timestampsMs.findLastIndex((timestampMs) => timestampMs <= toMs);
  if (first < 0 || last < first) throw new RangeError(`nab: no row between ${from} and ${to}`);
  return { first, last };
}

function byProfile(figure: (profile: Profile) => number): Record<Profile, number> {
  return Object.fromEntries(PROFILES.map((profile) => [profile, rounded(figure(profile))])) as Record<Profile, number>;
}

function atDefault(files: readonly NabFile[]): Record<string, number> {
  const { found, falseAlarms } = scoreNab(files, NAB_PROFILES.standard, DEFAULT_THRESHOLD);
  const figures = byProfile((profile) => scoreNab(files, NAB_PROFILES[profile], DEFAULT_THRESHOLD).score);
  return { ...figures, found, falseAlarms };
}

function halves(files: readonly NabFile[], threshold: number): number[] {
  return [0, 1].map((half) => {
    const own = files.filter((_, place) => place % 2 === half);
    return rounded(scoreNab(own, NAB_PROFILES.standard, threshold).score);
  });
}

/** What was found and what was not, for each folder of files, above 1. */
function groupTable(files: readonly NamedFile[]): string {
  const groups: (readonly [string, readonly NamedFile[]])[] = [
    ...Map.groupBy(files, ({ name }) => name.split('/')[0] ?? ''),
    ['all', files],
  ];
  const rows = groups.map(([group, own]) => {
    const windows = own.reduce((count, file) => count + file.windows.length, 0);
    if (windows === 0) return `${group.padEnd(24)}${'0'.padStart(9)}\n`;
    const { score, found, falseAlarms } = scoreNab(own, NAB_PROFILES.standard, DEFAULT_THRESHOLD);
    return `${group.padEnd(24)}${[windows, found, falseAlarms, score.toFixed(1)].map((cell) => String(cell).padStart(9)).join('')}\n`;
  });
  return `${'above 1'.padEnd(24)}${['windows', 'found', 'false', 'standard'].map((cell) => cell.padStart(9)).join('')}\n${rows.join('')}`;
}

function rounded(score: number): number {
  return Number(score.toFixed(2));
}
