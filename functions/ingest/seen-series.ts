import type { SeriesHead } from '../../data/segments/batch.ts';
import { hashId } from './seeded-hash.ts';

type SeriesWords = Pick<SeriesHead, 'idA' | 'idB' | 'idC' | 'idD'>;

const FIRST_PLACES = 1_024;
const WORDS = 4;

/**
 * In which step of time each series was last seen. Known by the words of their identifiers in one table of numbers: as
 * texts in a map, twenty thousand new ones take longer than all that is done with their samples.
 */
export class SeenSeries {
  #ids = new Int32Array(FIRST_PLACES * WORDS);
  /** Step + 1 of each place; 0 where it is free. */
  #steps = new Int32Array(FIRST_PLACES);
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** Undefined where the series was not seen, or is forgotten. */
  get(series: SeriesWords): number | undefined {
    const step = this.#steps[this.#find(series)]!;
    return step === 0 ? undefined : step - 1;
  }

  set(series: SeriesWords, step: number): void {
    const place = this.#find(series);
    const isNew = this.#steps[place] === 0;
    this.#steps[place] = step + 1;
    if (!isNew) return;
    const at = place * WORDS;
    this.#ids[at] = series.idA;
    this.#ids[at + 1] = series.idB;
    this.#ids[at + 2] = series.idC;
    this.#ids[at + 3] = series.idD;
    if (++this.#size * 2 > this.#steps.length) this.#rebuild(this.#steps.length * 4, 0);
  }

  /** Those that were last seen before this step. */
  forgetBefore(step: number): void {
    this.#rebuild(this.#steps.length, step);
  }

  /** Its place, or the free one where it belongs. */
  #find({ idA, idB, idC, idD }: SeriesWords): number {
    const ids = this.#ids;
    const mask = this.#steps.length - 1;
    let place = hashId({ idA, idB }) & mask;
    while (this.#steps[place] !== 0) {
      const at = place * WORDS;
      if (ids[at] === idA && ids[at + 1] === idB && ids[at + 2] === idC && ids[at + 3] === idD) break;
      place = (place + 1) & mask;
    }
    return place;
  }

  #rebuild(places: number, fromStep: number): void {
    const ids = this.#ids;
    const steps = this.#steps;
    this.#ids = new Int32Array(places * WORDS);
    this.#steps = new Int32Array(places);
    this.#size = 0;
    for (let place = 0; place < steps.length; place++) {
      const step = steps[place]! - 1;
      if (step < Math.max(0, fromStep)) continue;
      const at = place * WORDS;
      this.set({ idA: ids[at]!, idB: ids[at + 1]!, idC: ids[at + 2]!, idD: ids[at + 3]! }, step);
    }
  }
}
