import { solveCholesky } from '../numeric/cholesky.ts';
import { theilSenSlope } from '../numeric/theil-sen.ts';
import { blockMeans } from './blocks.ts';
import { createForecaster, type Forecaster } from './forecaster.ts';
import { seasonalProfile } from './seasonal-profile.ts';

/** The line is drawn through at most so many means: bends closer together than that are noise. */
const MOST_BLOCKS = 32;
const FEWEST_BLOCKS = 8;
/** A bend needs this many blocks on either side, so that no single block makes a slope. */
const BLOCKS_BESIDE_BEND = 3;
const MOST_BENDS = 4;
/** Each bend has a place and a slope, and must earn them. */
const PARAMETERS_PER_BEND = 2;
/** Of ridge regression, for each block: only enough to tell bends apart that nearly coincide. */
const PENALTY = 1e-9;

interface BrokenLine {
  readonly bends: readonly number[];
  readonly weights: Float64Array;
  readonly squares: number;
}

/**
 * Piecewise trend: a line with bends where the growth changed, carried on with its newest slope.
 *
 * Definition: seasons taken off (seasonal-profile.ts, without the usual slope), means over up to 32 blocks; bends are added one by one where they
 *             lower the squared error most, as long as the Bayesian information criterion falls, at most four. The
 *             path goes on from the end of the line with the last slope; seasons are put back on.
 * Input:      seasons in points, ascending.
 * Warm-up:    eight blocks of the shortest season, or eight values; a season takes part once it was seen twice.
 * Assumes:    additive seasons, growth that goes on as it last was.
 * Fails when: the newest bend is not old enough to be seen.
 * Cost:       O(n + bends² · blocks²).
 * Throws:     never.
 *
 * @example
 * piecewiseTrend([24]).name // => 'piecewise-trend'
 */
export function piecewiseTrend(seasons: readonly number[]): Forecaster {
  const unit = seasons[0] ?? 1;
  return createForecaster('piecewise-trend', FEWEST_BLOCKS * unit, (values) => {
    const rest = Float64Array.from(values);
    const blockPoints = unit * Math.ceil(values.length / unit / MOST_BLOCKS);
    const slope = theilSenSlope(blockMeans(values, blockPoints)) / blockPoints;
    const profiles = seasons.map((periodPoints) => {
      const profile = seasonalProfile(rest, periodPoints, slope);
      for (let i = 0; i < rest.length; i++) rest[i]! -= profile[i % periodPoints]!;
      return profile;
    });
    const means = blockMeans(rest, blockPoints);
    const line = brokenLine(means);
    const centre = means.reduce((sum, mean) => sum + mean, 0) / means.length;
    // The last mean stands in the middle of the newest block.
    const end = means.length - 1 + (blockPoints - 1) / (2 * blockPoints);
    return {
      predict: (horizonPoints) =>
        Float64Array.from({ length: horizonPoints }, (_, h) => {
          let value = centre + heightAt(line, end + (h + 1) / blockPoints, means.length);
          for (const profile of profiles) value += profile[(values.length + h) % profile.length]!;
          return value;
        }),
    };
  });
}

function brokenLine(means: Float64Array): BrokenLine {
  const size = means.length;
  const mean = means.reduce((sum, value) => sum + value, 0) / size;
  const target = means.map((value) => value - mean);
  const least = 1e-12 * target.reduce((sum, value) => sum + value * value, 0);
  const lineWith = lineFitter(target);
  let best = lineWith([]);
  while (best.bends.length < MOST_BENDS && best.squares > least) {
    let next = best;
    for (let bend = BLOCKS_BESIDE_BEND; bend < size - BLOCKS_BESIDE_BEND; bend++) {
      if (best.bends.some((other) => Math.abs(other - bend) < BLOCKS_BESIDE_BEND)) continue;
      const tried = lineWith([...best.bends, bend]);
      if (tried.squares < next.squares) next = tried;
    }
    const gained = size * Math.log(best.squares / Math.max(next.squares, least));
    if (!(gained > PARAMETERS_PER_BEND * Math.log(size))) return best;
    best = next;
  }
  return best;
}

/**
 * Least squares of a slope, a change of slope at each bend, and a constant. Hundreds of sets of bends are tried for one
 * target: what their equations are made of is summed up once.
 */
function lineFitter(target: Float64Array): (bends: readonly number[]) => BrokenLine {
  const { columns, products } = hingesOf(target.length);
  const right = columns.map((column) => dot(column, target));
  return (bends) => {
    const used = [0, ...bends, columns.length - 1];
    const gram = new Float64Array(used.length * used.length);
    used.forEach((column, row) => {
      used.forEach((other, k) => {
        gram[row * used.length + k] = products[column * columns.length + other]!;
      });
      gram[row * used.length + row]! += PENALTY * target.length;
    });
    const sums = used.map((column) => right[column]!);
    const weights = solveCholesky(gram, sums) ?? new Float64Array(used.length);
    let squares = 0;
    for (let i = 0; i < target.length; i++) {
      let error = target[i]!;
      for (let k = 0; k < used.length; k++) error -= weights[k]! * columns[used[k]!]![i]!;
      squares += error * error;
    }
    return { bends, weights, squares };
  };
}

interface Hinges {
  /** The line that begins to rise at each block, then a constant. */
  readonly columns: readonly Float64Array[];
  /** Of each with each, summed over the blocks. */
  readonly products: Float64Array;
}

/** By the number of blocks, of which there are few: they are the same for every series. */
const knownHinges = new Map<number, Hinges>();

function hingesOf(size: number): Hinges {
  const known = knownHinges.get(size);
  if (known !== undefined) return known;
  const rising = Array.from({ length: size }, (_, from) =>
    Float64Array.from({ length: size }, (__, i) => Math.max(0, i - from) / size),
  );
  const columns = [...rising, new Float64Array(size).fill(1)];
  const products = Float64Array.from(columns.flatMap((column) => columns.map((other) => dot(column, other))));
  knownHinges.set(size, { columns, products });
  return { columns, products };
}

function dot(left: Float64Array, right: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < left.length; i++) sum += left[i]! * right[i]!;
  return sum;
}

function heightAt({ bends, weights }: BrokenLine, at: number, size: number): number {
  let height = weights.at(-1)! + (weights[0]! * at) / size;
  bends.forEach((bend, k) => {
    height += (weights[k + 1]! * Math.max(0, at - bend)) / size;
  });
  return height;
}
