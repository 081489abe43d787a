/** Units of UCUM as Prometheus spells them in names. */
const UNITS: Readonly<Record<string, string>> = {
  d: 'days',
  h: 'hours',
  min: 'minutes',
  s: 'seconds',
  ms: 'milliseconds',
  us: 'microseconds',
  ns: 'nanoseconds',
  By: 'bytes',
  KiBy: 'kibibytes',
  MiBy: 'mebibytes',
  GiBy: 'gibibytes',
  TiBy: 'tibibytes',
  KBy: 'kilobytes',
  MBy: 'megabytes',
  GBy: 'gigabytes',
  TBy: 'terabytes',
  m: 'meters',
  V: 'volts',
  A: 'amperes',
  J: 'joules',
  W: 'watts',
  g: 'grams',
  Cel: 'celsius',
  Hz: 'hertz',
  '1': '',
  '%': 'percent',
};

/** The same after a slash. */
const PER_UNITS: Readonly<Record<string, string>> = {
  s: 'second',
  m: 'minute',
  min: 'minute',
  h: 'hour',
  d: 'day',
  w: 'week',
  mo: 'month',
  y: 'year',
};

/** What a metric is, as far as its name tells. */
export type NameShape = 'total' | 'gauge' | 'rate' | 'plain';

/**
 * The name of a metric by the rules of Prometheus: everything but letters, digits and colons becomes one underscore, the
 * unit is spelled out at the end, a sum that only grows ends with `_total`, a gauge of unit 1 with `_ratio`. Ours besides:
 * letters and digits of every script stay, and the rate made of deltas ends with `_per_second`.
 *
 * Empty where nothing of the name is left.
 */
export function prometheusName(name: string, unit: string, shape: NameShape): string {
  const words = name.split(/[^\p{L}\p{N}:]+/u).filter((word) => word !== '');
  if (words.length === 0) return '';
  const append = (word: string): void => {
    if (word !== '' && !words.includes(word)) words.push(word);
  };
  const [main, per] = unitWords(unit);
  append(main);
  if (per !== '' && !words.includes(per)) words.push('per', per);
  const ending = endingOf(shape, unit);
  const joined = [...words.filter((word) => !ending.replaces.includes(word)), ...ending.words].join('_');
  return /^\d/.test(joined) ? `_${joined}` : joined;
}

/** The last words of a name, and those that they stand for wherever a sender wrote them. */
function endingOf(shape: NameShape, unit: string): { readonly words: readonly string[]; readonly replaces: string[] } {
  if (shape === 'total') return { words: ['total'], replaces: ['total'] };
  if (shape === 'rate') return { words: ['per', 'second'], replaces: ['total'] };
  if (shape === 'gauge' && unit.trim() === '1') return { words: ['ratio'], replaces: ['ratio'] };
  return { words: [], replaces: [] };
}

/** What is in braces is a note and no unit. */
function unitWords(unit: string): readonly [main: string, per: string] {
  const [main = '', ...rest] = unit.split('/');
  const per = rest.join('/').trim();
  return [unitWord(main.trim(), UNITS), per === '' ? '' : unitWord(per, PER_UNITS)];
}

function unitWord(unit: string, known: Readonly<Record<string, string>>): string {
  if (/[{}]/.test(unit)) return '';
  const word = Object.hasOwn(known, unit) ? known[unit]! : unit;
  return word
    .split(/[^\p{L}\p{N}:]+/u)
    .filter((part) => part !== '')
    .join('_');
}

/** The name of a label by the rules of Prometheus: everything but letters, digits and underscores becomes an underscore. */
export function prometheusLabelName(key: string): string {
  const name = key.replaceAll(/[^\p{L}\p{N}_]/gu, '_');
  return /^\p{N}/u.test(name) ? `key_${name}` : name;
}
