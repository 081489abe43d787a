import { commonMultiplier, findDivisor, mantissaOf } from '../value-unit.ts';
import type { ByteReader } from './byte-reader.ts';
import type { ByteWriter } from './byte-writer.ts';
import { corrupt } from './corrupt.ts';

/** Below this, finding the unit of a series costs more than it saves. */
export const MIN_CODED_SAMPLES = 8;
/** In place of a divisor: float64, one after another. */
const PLAIN = 0;
/** Differences of such numbers are within what a zigzag holds. */
const MAX_UNITS = 2 ** 51;

/**
 * Values of one series. Most are whole numbers of something, and near to the one before: they are written as changes of that
 * number. The few that are not stand before them as they are.
 */
export function writeValues(writer: ByteWriter, values: Float64Array, start: number, end: number): void {
  const coded = end - start >= MIN_CODED_SAMPLES ? toUnits(values.subarray(start, end)) : undefined;
  if (coded === undefined) {
    writer.varint(PLAIN);
    writer.float64s(values, start, end);
    return;
  }
  const { divisor, multiplier, mantissas } = coded;
  writer.varint(divisor);
  writer.varint(multiplier);
  writeExceptions(writer, values, start, mantissas);
  let last = 0;
  for (const mantissa of mantissas) {
    if (Number.isNaN(mantissa)) continue;
    const units = mantissa / multiplier;
    writer.zigzag(units - last);
    last = units;
  }
}

interface Units {
  readonly divisor: number;
  readonly multiplier: number;
  /** NaN where the value does not fit. */
  readonly mantissas: Float64Array;
}

function toUnits(values: Float64Array): Units | undefined {
  const divisor = findDivisor(values);
  if (divisor === undefined) return undefined;
  const mantissas = new Float64Array(values.length);
  for (let i = 0; i < values.length; i++) mantissas[i] = mantissaOf(values[i]!, divisor);
  const multiplier = commonMultiplier(mantissas);
  const isTooFar = mantissas.some((mantissa) => Math.abs(mantissa) > MAX_UNITS * multiplier);
  return isTooFar ? undefined : { divisor, multiplier, mantissas };
}

function writeExceptions(writer: ByteWriter, values: Float64Array, start: number, mantissas: Float64Array): void {
  writer.varint(mantissas.reduce((count, mantissa) => count + (Number.isNaN(mantissa) ? 1 : 0), 0));
  let last = 0;
  for (let i = 0; i < mantissas.length; i++) {
    if (!Number.isNaN(mantissas[i]!)) continue;
    writer.varint(i - last);
    writer.float64s(values, start + i, start + i + 1);
    last = i;
  }
}

/** Fills target from start up to and without end. */
export function readValues(reader: ByteReader, target: Float64Array, start: number, end: number): void {
  const divisor = reader.varint();
  if (divisor === PLAIN) {
    target.set(reader.float64s(end - start), start);
    return;
  }
  const multiplier = reader.varint();
  const exceptions = readExceptions(reader, end - start);
  let units = 0;
  for (let i = start; i < end; i++) {
    const exception = exceptions?.get(i - start);
    if (exception !== undefined) {
      target[i] = exception;
      continue;
    }
    units += reader.zigzag();
    target[i] = (units * multiplier) / divisor;
  }
}

function readExceptions(reader: ByteReader, samples: number): ReadonlyMap<number, number> | undefined {
  const count = reader.varint();
  if (count === 0) return undefined;
  if (count > samples) throw corrupt('more exceptions than samples');
  const exceptions = new Map<number, number>();
  let place = 0;
  for (let i = 0; i < count; i++) {
    place += reader.varint();
    if (place >= samples) throw corrupt('an exception lies beyond its series');
    exceptions.set(place, reader.float64s(1)[0]!);
  }
  return exceptions;
}
