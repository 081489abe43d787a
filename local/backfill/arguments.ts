import { parseArgs } from 'node:util';
import { parseIsoTime } from '../../functions/ingest/validate-time.ts';
import { BackfillError } from './backfill-error.ts';

export const USAGE = `Loads the past into Forewarn. Start it again where it was broken off: it goes on from there.

  npm run backfill -- prometheus URL --from TIME [--to TIME] [--match SELECTOR]… [--step 60s] [--header 'NAME: VALUE']…
  npm run backfill -- csv FILE [--name METRIC]

  TIME       2026-11-01T00:00:00Z, 2026-11-01, or so long ago: 90d, 12h
  --match    what to load, a selector of Prometheus; everything where it is not given
  --target   where Forewarn is; http://127.0.0.1:8788 where it is not given
  --key      a key with the scope ingest; FOREWARN_INGEST_KEY, or that of this machine's credentials.json
  --state    file that remembers how far it has come; in the data directory where it is not given`;

export interface CommonArguments {
  readonly target: string;
  readonly key: string | undefined;
  readonly state: string | undefined;
}

export interface PrometheusArguments extends CommonArguments {
  readonly kind: 'prometheus';
  readonly url: string;
  readonly matches: readonly string[];
  /** As it was written: what it means is fixed by the first start. */
  readonly from: string;
  readonly fromMs: number;
  readonly toMs: number;
  readonly stepMs: number;
  readonly headers: Readonly<Record<string, string>>;
}

export interface CsvArguments extends CommonArguments {
  readonly kind: 'csv';
  readonly path: string;
  readonly name: string | undefined;
}

export type BackfillArguments = PrometheusArguments | CsvArguments;

const DEFAULT_TARGET = 'http://127.0.0.1:8788';
const EVERYTHING = '{__name__=~".+"}';
const UNIT_MS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** Throws a BackfillError that says what is wrong. */
export function parseArguments(argv: readonly string[], nowMs: number): BackfillArguments {
  const { values, positionals } = parse(argv);
  const [kind, place, ...rest] = positionals;
  if (place === undefined || rest.length > 0) throw new BackfillError('expected: prometheus URL, or csv FILE');
  const common = { target: webAddress(values.target ?? DEFAULT_TARGET), key: values.key, state: values.state };
  if (kind === 'csv') {
    refuseOthers(values, ['from', 'to', 'match', 'step', 'header'], 'csv');
    return { ...common, kind, path: place, name: values.name };
  }
  if (kind !== 'prometheus') throw new BackfillError(`expected prometheus or csv, got ${JSON.stringify(kind)}`);
  refuseOthers(values, ['name'], 'prometheus');
  if (values.from === undefined) throw new BackfillError('--from is missing: since when is the past to be loaded?');
  const stepMs = parseDuration(values.step ?? '60s');
  if (stepMs === undefined || stepMs < UNIT_MS.s!)
    throw new BackfillError('--step must be like 60s or 5m, at least 1s');
  const fromMs = parseTime('--from', values.from, nowMs);
  const toMs = parseTime('--to', values.to ?? '0s', nowMs);
  if (fromMs >= toMs) throw new BackfillError('--from must be before --to');
  const matches = values.match ?? [EVERYTHING];
  const headers = Object.fromEntries((values.header ?? []).map(parseHeader));
  return { ...common, kind, url: webAddress(place), matches, from: values.from, fromMs, toMs, stepMs, headers };
}

const OPTIONS = {
  from: { type: 'string' },
  to: { type: 'string' },
  match: { type: 'string', multiple: true },
  step: { type: 'string' },
  header: { type: 'string', multiple: true },
  name: { type: 'string' },
  target: { type: 'string' },
  key: { type: 'string' },
  state: { type: 'string' },
} as const;

function parse(argv: readonly string[]) {
  try {
    return parseArgs({ args: [...argv], options: OPTIONS, allowPositionals: true });
  } catch (error) {
    throw new BackfillError(error instanceof Error ? error.message : String(error));
  }
}

function refuseOthers(values: object, names: readonly string[], kind: string): void {
  const given = names.filter((name) => Object.hasOwn(values, name)).map((name) => `--${name}`);
  if (given.length > 0) throw new BackfillError(`${given.join(', ')} means nothing for ${kind}`);
}

function webAddress(text: string): string {
  const protocol = URL.parse(text)?.protocol;
  if (protocol === 'http:' || protocol === 'https:') return text;
  throw new BackfillError(`expected an http or https address, got ${JSON.stringify(text)}`);
}

function parseDuration(text: string): number | undefined {
  const [, count, unit = ''] = /^(\d{1,6})([smhd])$/.exec(text) ?? [];
  return count === undefined ? undefined : Number(count) * UNIT_MS[unit]!;
}

/** To the second, so that the times that are asked for are round. */
function parseTime(flag: string, text: string, nowMs: number): number {
  const agoMs = parseDuration(text);
  const timeMs = agoMs === undefined ? parseIsoTime(text.includes('T') ? text : `${text}T00:00:00Z`) : nowMs - agoMs;
  if (timeMs === undefined)
    throw new BackfillError(`${flag} must be a time with a zone, a day, or like 90d; got ${text}`);
  return Math.floor(timeMs / 1_000) * 1_000;
}

function parseHeader(text: string): [string, string] {
  const colon = text.indexOf(':');
  if (colon < 1) throw new BackfillError(`--header must be 'NAME: VALUE', got ${JSON.stringify(text)}`);
  return [text.slice(0, colon).trim().toLowerCase(), text.slice(colon + 1).trim()];
}
