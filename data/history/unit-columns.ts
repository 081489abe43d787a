import type { RowBuffer } from '../state/row-buffer.ts';
import type { Resolution } from '../state/shard-state.ts';
import { commonMultiplier, findDivisor, mantissaOf, sumOf } from '../value-unit.ts';

/*
 * The values of a chunk as whole numbers of each series' own unit. A value is
 *   (base + units) × multiplier / divisor
 * where base, multiplier and divisor are the same in all rows of one series. In a rollup the minimum is written so; sum,
 * maximum and last value by how much they are above what the minimum alone would make them, which is never below zero
 * and mostly small.
 */

/** NaN stands for null. A value is in its units or, where it does not fit, in its plain column. */
export interface UnitColumns {
  readonly base: Float64Array;
  readonly multiplier: Float64Array;
  readonly divisor: Float64Array;
  /** In the order of VALUE_COLUMNS. */
  readonly units: readonly Float64Array[];
  readonly plain: readonly Float64Array[];
}

/** Names of the values of a row, without `count`. */
export const VALUE_COLUMNS: Readonly<Record<Resolution, readonly string[]>> = {
  raw: ['value'],
  '5m': ['min', 'max', 'last', 'sum'],
  '1h': ['min', 'max', 'last', 'sum'],
};

/** Unit of one series: what all its mantissas are multiples of, and where they begin. */
interface Unit {
  readonly base: number;
  readonly multiplier: number;
  readonly divisor: number;
}

const PLAIN_UNIT: Unit = { base: 0, multiplier: 1, divisor: 1 };

/** The rows must be sorted by series. Of rollup rows, those with count 0 have no values. */
export function toUnits(resolution: Resolution, rows: RowBuffer): UnitColumns {
  const column = (): Float64Array => new Float64Array(rows.rows);
  const columns: UnitColumns = {
    base: column(),
    multiplier: column(),
    divisor: column(),
    units: VALUE_COLUMNS[resolution].map(() => column().fill(Number.NaN)),
    plain: VALUE_COLUMNS[resolution].map(column),
  };
  const write = resolution === 'raw' ? writeSamples : writeRollups;
  for (const { from, to } of seriesRuns(rows)) {
    const unit = write(rows, from, to, columns);
    columns.base.fill(unit.base, from, to);
    columns.multiplier.fill(unit.multiplier, from, to);
    columns.divisor.fill(unit.divisor, from, to);
  }
  return columns;
}

function* seriesRuns({ rows, seriesIndexes }: RowBuffer): Generator<{ readonly from: number; readonly to: number }> {
  for (let from = 0, to = 0; from < rows; from = to) {
    while (to < rows && seriesIndexes[to] === seriesIndexes[from]) to++;
    yield { from, to };
  }
}

function writeSamples({ columns: [values] }: RowBuffer, from: number, to: number, target: UnitColumns): Unit {
  const [units, plain] = [target.units[0]!, target.plain[0]!];
  plain.set(values!.subarray(from, to), from);
  const run = values!.subarray(from, to);
  const divisor = findDivisor(run);
  if (divisor === undefined) return PLAIN_UNIT;
  const mantissas = run.map((value) => mantissaOf(value, divisor));
  const unit = unitOf(mantissas, divisor);
  for (let i = 0; i < mantissas.length; i++) units[from + i] = unitsAbove(unit.base, mantissas[i]!, unit);
  return unit;
}

/** How many units a mantissa lies above a number of them; NaN where reading would not give the same mantissa. */
function unitsAbove(least: number, mantissa: number, { multiplier }: Unit): number {
  const units = mantissa / multiplier - least;
  return (least + units) * multiplier === mantissa ? units : Number.NaN;
}

function unitOf(mantissas: Float64Array, divisor: number): Unit {
  const multiplier = commonMultiplier(mantissas);
  let least = Number.POSITIVE_INFINITY;
  for (const mantissa of mantissas) if (mantissa < least) least = mantissa;
  return { base: least === Number.POSITIVE_INFINITY ? 0 : least / multiplier, multiplier, divisor };
}

function writeRollups({ columns }: RowBuffer, from: number, to: number, target: UnitColumns): Unit {
  const [counts, sums, mins, maxs, lasts] = columns as [
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
  ];
  for (const [place, values] of [mins, maxs, lasts, sums].entries()) {
    target.plain[place]!.set(values.subarray(from, to), from);
  }
  const run = samplesOfRollups([mins, maxs, lasts], counts, from, to);
  const divisor = findDivisor(run);
  if (divisor === undefined) return PLAIN_UNIT;
  const unit = unitOf(
    run.map((value) => mantissaOf(value, divisor)),
    divisor,
  );
  const [minUnits, maxUnits, lastUnits, sumUnits] = target.units as [
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
  ];
  const unitsOf = (value: number, least: number): number => unitsAbove(least, mantissaOf(value, divisor), unit);
  for (let row = from; row < to; row++) {
    const count = counts[row]!;
    if (count === 0) continue;
    const least = unitsOf(mins[row]!, unit.base);
    minUnits[row] = least;
    // Where the minimum does not fit, so do these not: they are told as distances from it.
    maxUnits[row] = unitsOf(maxs[row]!, unit.base + least);
    lastUnits[row] = unitsOf(lasts[row]!, unit.base + least);
    sumUnits[row] = unitsOfSum(sums[row]!, count, (unit.base + least) * count, unit);
  }
  return unit;
}

/** The samples that rollups tell of: all that there is to find their unit by. */
function samplesOfRollups(
  columns: readonly Float64Array[],
  counts: Float64Array,
  from: number,
  to: number,
): Float64Array {
  const found = new Float64Array(columns.length * (to - from));
  let length = 0;
  for (let row = from; row < to; row++) {
    if (counts[row] === 0) continue;
    for (const values of columns) found[length++] = values[row]!;
  }
  return found.subarray(0, length);
}

/** NaN where reading would not give the same sum to the last bit. */
function unitsOfSum(sum: number, count: number, least: number, { multiplier, divisor }: Unit): number {
  const units = Math.round((sum * divisor) / multiplier) - least;
  const isWhole = Number.isSafeInteger(units);
  return isWhole && Object.is(sumFrom(least + units, count, multiplier, divisor), sum) ? units : Number.NaN;
}

function sumFrom(units: number, count: number, multiplier: number, divisor: number): number {
  return count === 1 ? (units * multiplier) / divisor : sumOf(units * multiplier, divisor);
}

/** The columns of a RowBuffer; `counts` only of rollups, where 0 says that the row has no values. */
export function fromUnits(columns: UnitColumns, counts: Float64Array | undefined): Float64Array[] {
  const { base, multiplier, divisor, units, plain } = columns;
  const rows = base.length;
  const values = plain.map((column) => column.slice());
  const [least, ...above] = units as [Float64Array, ...Float64Array[]];
  for (let row = 0; row < rows; row++) {
    if (Number.isNaN(least[row]!)) continue;
    const from = base[row]! + least[row]!;
    values[0]![row] = (from * multiplier[row]!) / divisor[row]!;
    if (counts === undefined) continue;
    for (let place = 1; place < units.length - 1; place++) {
      const units = above[place - 1]![row]!;
      if (!Number.isNaN(units)) values[place]![row] = ((from + units) * multiplier[row]!) / divisor[row]!;
    }
    const sumUnits = above.at(-1)![row]!;
    if (Number.isNaN(sumUnits)) continue;
    values.at(-1)![row] = sumFrom(from * counts[row]! + sumUnits, counts[row]!, multiplier[row]!, divisor[row]!);
  }
  if (counts === undefined) return values;
  const [mins, maxs, lasts, sums] = values;
  return [counts, sums!, mins!, maxs!, lasts!];
}
