import { parseArgs } from 'node:util';
import { ReplayError } from './replay-error.ts';

export const USAGE = `Shows what Forewarn would have said of your own history, and when. Nothing is stored or sent.

  npm run replay -- FILE.csv [--limit MAX] [--time-zone ZONE] [--html PAGE.html] [--json OUT.json] [--counter]

  FILE         timestamp,value and, for several series in one file, columns of labels; or one column for each series.
               Times: seconds or milliseconds since 1970, RFC 3339, or 2026-11-01 08:00:00. Also as .csv.gz
  --limit      what values must stay below (90), or between (10/90), or above (10/): the date when they will not is told
  --time-zone  such as Europe/Berlin: whose days and weeks the series follows, and of times without a zone; UTC if not given
  --html       a page with charts that needs no network
  --json       everything, for programs; - writes it to standard output
  --counter    values only grow: their rate per second is judged`;

export interface ReplayArguments {
  readonly path: string;
  readonly timeZone: string;
  readonly limit: { readonly min: number | null; readonly max: number | null };
  readonly html: string | undefined;
  readonly json: string | undefined;
  readonly isCounter: boolean;
}

const OPTIONS = {
  html: { type: 'string' },
  json: { type: 'string' },
  limit: { type: 'string' },
  'time-zone': { type: 'string' },
  counter: { type: 'boolean' },
} as const;

/** Throws a ReplayError that says what is wrong. */
export function parseArguments(argv: readonly string[]): ReplayArguments {
  const { values, positionals } = parse(argv);
  const [path, ...rest] = positionals;
  if (path === undefined || rest.length > 0) throw new ReplayError('expected one file');
  return {
    path,
    timeZone: checkZone(values['time-zone'] ?? 'UTC'),
    limit: values.limit === undefined ? { min: null, max: null } : parseLimit(values.limit),
    html: values.html,
    json: values.json,
    isCounter: values.counter ?? false,
  };
}

function parse(argv: readonly string[]) {
  try {
    return parseArgs({ args: [...argv], options: OPTIONS, allowPositionals: true });
  } catch (error) {
    throw new ReplayError(error instanceof Error ? error.message : String(error));
  }
}

function checkZone(timeZone: string): string {
  try {
    return new Intl.DateTimeFormat('en', { timeZone }).resolvedOptions().timeZone && timeZone;
  } catch {
    throw new ReplayError(`--time-zone must be a name such as Europe/Berlin, got ${JSON.stringify(timeZone)}`);
  }
}

function parseLimit(text: string): ReplayArguments['limit'] {
  const [first, second, ...rest] = text.split('/');
  const bound = (part: string): number | null => (part.trim() === '' ? null : Number(part));
  const min = second === undefined ? null : bound(first ?? '');
  const max = bound(second ?? first ?? '');
  const isWrong = rest.length > 0 || Number.isNaN(min) || Number.isNaN(max) || (min === null && max === null);
  if (isWrong || (min !== null && max !== null && min >= max)) {
    throw new ReplayError(`--limit must be like 90, 10/90 or 10/, got ${JSON.stringify(text)}`);
  }
  return { min, max };
}
