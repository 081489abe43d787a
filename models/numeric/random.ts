/** A seeded source of numbers: the same seed gives the same numbers for ever, on every machine. */
export interface Random {
  /** Uniform, 0 included, 1 excluded, 32 bits fine. */
  uniform(): number;
  /** Standard normal: mean 0, standard deviation 1. */
  normal(): number;
  /** Whole number from 0 to bound − 1, each equally likely (bias below bound / 2³²). */
  below(bound: number): number;
  /** The same for each place from `from` on, as if they were asked for one by one; bound at most 256. Three times as fast. */
  fillBelow(bound: number, into: Uint8Array, from: number): void;
}

/**
 * Seeded random generator: reproducible chance for simulations and tests.
 *
 * Used by time to limit and by the generated series of tests and benches.
 *
 * Definition: xoshiro128** on four 32-bit words that splitmix32 spreads from the seed; normals by the polar method.
 * Input:      seed, a finite number; its whole part modulo 2³² counts.
 * Output:     an independent generator with its own state.
 * Cost:       O(1) a number, a few nanoseconds.
 * Throws:     RangeError when the seed is not finite.
 * Source:     Blackman and Vigna, "Scrambled linear pseudorandom number generators" (2021), prng.di.unimi.it.
 *
 * @example
 * createRandom(7).uniform() === createRandom(7).uniform() // => true
 * createRandom(7).uniform() === createRandom(8).uniform() // => false
 */
export function createRandom(seed: number): Random {
  if (!Number.isFinite(seed)) throw new RangeError(`random: seed must be finite, got ${seed}`);
  const generator = new Xoshiro128(seed);
  const uniform = (): number => generator.next() / WORDS;
  let spare = Number.NaN;
  const normal = (): number => {
    if (!Number.isNaN(spare)) {
      const kept = spare;
      spare = Number.NaN;
      return kept;
    }
    for (;;) {
      const x = 2 * uniform() - 1;
      const y = 2 * uniform() - 1;
      const squared = x * x + y * y;
      if (squared >= 1 || squared === 0) continue;
      const factor = Math.sqrt((-2 * Math.log(squared)) / squared);
      spare = y * factor;
      return x * factor;
    }
  };
  return {
    uniform,
    normal,
    below: (bound) => Math.floor(uniform() * bound),
    fillBelow: (bound, into, from) => {
      for (let i = from; i < into.length; i++) into[i] = Math.floor((generator.next() / WORDS) * bound);
    },
  };
}

/** So many different words of 32 bits there are. */
const WORDS = 0x1_0000_0000;

/** Four words of state. A class, since its one method is then compiled into the loops that call it. */
class Xoshiro128 {
  readonly #state = new Int32Array(4);

  constructor(seed: number) {
    let mixed = Math.trunc(seed) >>> 0;
    for (let i = 0; i < 4; i++) {
      mixed = (mixed + 0x9e3779b9) >>> 0;
      let word = Math.imul(mixed ^ (mixed >>> 16), 0x21f0aaad);
      word = Math.imul(word ^ (word >>> 15), 0x735a2d97);
      this.#state[i] = word ^ (word >>> 15);
    }
  }

  /** A whole number of 32 bits. */
  next(): number {
    const state = this.#state;
    const second = state[1]!;
    const product = Math.imul(second, 5);
    const result = Math.imul((product << 7) | (product >>> 25), 9) >>> 0;
    const third = state[2]! ^ state[0]!;
    const fourth = state[3]! ^ second;
    state[1] = second ^ third;
    state[0] = state[0]! ^ fourth;
    state[2] = third ^ (second << 9);
    state[3] = (fourth << 11) | (fourth >>> 21);
    return result;
  }
}
