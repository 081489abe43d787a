const BYTE_UNITS = ['bytes', 'kB', 'MB', 'GB', 'TB', 'PB'];
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/**
 * Quantity in words: a value with its unit as people write it, with three significant digits.
 *
 * Used in the titles of issues and the evidence of predictions.
 *
 * Definition: `bytes` in decimal multiples (1 kB = 1,000 bytes), `ratio` as percent, an empty unit as the bare number,
 *             any other unit after a space. Between 0.001 and a million never in scientific notation.
 * Edge:       a value that is not finite → 'unknown'.
 * Throws:     never.
 *
 * @example
 * formatQuantity(1500000000, 'bytes') // => '1.5 GB'
 * formatQuantity(0.9, 'ratio') // => '90 %'
 * formatQuantity(120, 'ms') // => '120 ms'
 */
export function formatQuantity(value: number, unit: string): string {
  if (!Number.isFinite(value)) return 'unknown';
  if (unit === 'ratio') return `${threeDigits(value * 100)} %`;
  if (unit !== 'bytes') return `${threeDigits(value)} ${unit}`.trimEnd();
  let scaled = value;
  let power = 0;
  while (Math.abs(scaled) >= 999.5 && power < BYTE_UNITS.length - 1) {
    scaled /= 1_000;
    power++;
  }
  return `${threeDigits(scaled)} ${BYTE_UNITS[power]}`;
}

function threeDigits(value: number): string {
  const rounded = Number(value.toPrecision(Math.abs(value) >= 100 && Math.abs(value) < 1e6 ? 6 : 3));
  return String(Math.abs(rounded) >= 100 && Math.abs(rounded) < 1e6 ? Math.round(rounded) : rounded);
}

/**
 * Day in words: the UTC date of an instant, without ambiguity of order.
 *
 * Used in the titles of issues, the evidence of predictions and the reasons of settlements.
 *
 * Throws: RangeError where the instant is not representable as a date.
 *
 * @example
 * formatDay(0) // => '1 Jan 1970'
 */
export function formatDay(timestampMs: number): string {
  const date = new Date(timestampMs);
  if (Number.isNaN(date.getTime())) throw new RangeError(`formatDay: no such instant, got ${timestampMs}`);
  return `${date.getUTCDate()} ${MONTHS[date.getUTCMonth()]} ${date.getUTCFullYear()}`;
}
