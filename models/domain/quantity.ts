const BINARY_UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB', 'EiB'];
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const PREFIXES: readonly (readonly [factor: number, sign: string])[] = [
  [1e12, 'T'],
  [1e9, 'G'],
  [1e6, 'M'],
];
/** Beyond it, and below its inverse, digits in a row are harder to read than a power of ten. */
const LARGEST_PLAIN = 1e15;
const SMALLEST_PLAIN = 1e-4;

/**
 * Number in words: no more digits than people compare.
 *
 * Used wherever a number stands in a sentence, a title or a report.
 *
 * Definition: three significant digits, whole numbers below a million in full with commas; M, G, T from a million on;
 *             powers of ten where it is huge or tiny.
 * Edge:       a value that is not finite → 'unknown'.
 * Throws:     never.
 *
 * @example
 * formatNumber(1234567) // => '1.23 M'
 * formatNumber(4821.4) // => '4,821'
 * formatNumber(86.34) // => '86.3'
 * formatNumber(0.04237) // => '0.0424'
 */
export function formatNumber(value: number): string {
  if (!Number.isFinite(value)) return 'unknown';
  const size = Math.abs(value);
  if (size >= LARGEST_PLAIN || (size > 0 && size < SMALLEST_PLAIN)) return value.toExponential(2);
  for (const [factor, sign] of PREFIXES) if (size >= factor * 0.9995) return `${threeDigits(value / factor)} ${sign}`;
  return size >= 999.5 ? WHOLE.format(value) : threeDigits(value);
}

const WHOLE = new Intl.NumberFormat('en-GB', { maximumFractionDigits: 0 });

function threeDigits(value: number): string {
  return String(Number(value.toPrecision(3)));
}

/**
 * Quantity in words: a value with its unit as people write it.
 *
 * Used in titles of issues, evidence of predictions and reports.
 *
 * Definition: bytes in binary multiples (1 KiB = 1,024 bytes), ratios as percent, seconds below one as milliseconds, no
 *             unit as the bare number, any other unit after a space as it was given.
 * Edge:       a value that is not finite → 'unknown'.
 * Throws:     never.
 *
 * @example
 * formatQuantity(536870912000, 'bytes') // => '500 GiB'
 * formatQuantity(0.9, 'ratio') // => '90 %'
 * formatQuantity(120, 'ms') // => '120 ms'
 */
export function formatQuantity(value: number, unit: string): string {
  if (!Number.isFinite(value)) return 'unknown';
  switch (unit.toLowerCase()) {
    case 'b':
    case 'byte':
    case 'bytes': {
      const scale = byteScale(value);
      return `${formatNumber(value / scale.size)} ${scale.unit}`;
    }
    case 'ratio':
      return `${formatNumber(value * 100)} %`;
    case '%':
    case 'percent':
      return `${formatNumber(value)} %`;
    case 's':
    case 'second':
    case 'seconds':
      return Math.abs(value) < 1 && value !== 0 ? `${formatNumber(value * 1_000)} ms` : `${formatNumber(value)} s`;
    case '':
      return formatNumber(value);
    default:
      return `${formatNumber(value)} ${unit}`;
  }
}

/**
 * Byte scale: the unit in which bytes up to a value are best told.
 *
 * Used by quantities and by the axis of the chart.
 *
 * Output:     the unit and its size in bytes.
 * Throws:     never.
 *
 * @example
 * byteScale(3000).unit // => 'KiB'
 */
export function byteScale(largestBytes: number): { readonly unit: string; readonly size: number } {
  let step = 0;
  while (Math.abs(largestBytes) >= 1_024 ** (step + 1) && step < BINARY_UNITS.length - 1) step += 1;
  return { unit: BINARY_UNITS[step] ?? 'B', size: 1_024 ** step };
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
