const PREFIXES: readonly (readonly [factor: number, sign: string])[] = [
  [1e12, 'T'],
  [1e9, 'G'],
  [1e6, 'M'],
  [1e3, 'k'],
];

/**
 * Number as people read it: three significant digits and a decimal prefix.
 *
 * Used by the sentences that explain anomalies.
 *
 * Definition: below 10,000 plain with at most three significant digits after leading zeros, whole numbers in full;
 *             from there on k, M, G, T; from 10¹⁵ on and below 0.001 in powers of ten.
 * Input:      any number.
 * Output:     text without trailing zeros.
 * Edge:       NaN → "no value".
 * Throws:     never.
 *
 * @example
 * formatNumber(1234567) // => '1.23 M'
 * formatNumber(4821) // => '4821'
 * formatNumber(0.04237) // => '0.0424'
 * formatNumber(-17.26) // => '-17.3'
 */
export function formatNumber(value: number): string {
  if (Number.isNaN(value)) return 'no value';
  const size = Math.abs(value);
  if (size >= 1e15) return value.toExponential(2);
  if (size >= 9999.5) {
    for (const [factor, sign] of PREFIXES) if (size >= factor * 0.9995) return `${shorten(value / factor)} ${sign}`;
  }
  if (size >= 999.5) return String(Math.round(value));
  if (size > 0 && size < 0.001) return value.toExponential(1);
  return shorten(value);
}

function shorten(value: number): string {
  return String(Number(value.toPrecision(3)));
}
