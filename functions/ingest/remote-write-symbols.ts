import { isUtf8 } from 'node:buffer';
import { ServiceError } from '../platform/errors.ts';
import type { ByteSource } from './byte-keys.ts';
import type { SymbolIds } from './symbol-ids.ts';

const FIRST_CAPACITY = 1024;

/** The texts of one request, to which its series refer by place. */
export class SymbolTable {
  readonly #source: ByteSource;
  readonly #numbers: SymbolIds;
  readonly #maxSymbols: number;
  #starts = new Uint32Array(FIRST_CAPACITY);
  #ends = new Uint32Array(FIRST_CAPACITY);
  /** Numbers of those that were asked for with idAt(), 0 for the others: some texts are in no label. */
  ids = new Uint32Array(FIRST_CAPACITY);
  count = 0;

  constructor(source: ByteSource, numbers: SymbolIds, maxSymbols: number) {
    this.#source = source;
    this.#numbers = numbers;
    this.#maxSymbols = maxSymbols;
  }

  /** A text of two bytes on the wire takes many here, so a request may only have so many. */
  add(start: number, end: number): void {
    if (this.count === this.#maxSymbols) {
      throw new ServiceError('ingest/payload-invalid', `more than ${this.#maxSymbols} symbols in one request`);
    }
    if (this.count === this.#starts.length) this.#grow();
    this.#starts[this.count] = start;
    this.#ends[this.count] = end;
    this.count++;
  }

  sizeAt(place: number): number {
    return this.#ends[place]! - this.#starts[place]!;
  }

  /** Its number: equal texts have equal ones, in this request and in others of the workspace. */
  idAt(place: number): number {
    const known = this.ids[place]!;
    if (known > 0) return known;
    const id = this.#numbers.idOf(this.#source, this.#starts[place]!, this.#ends[place]!);
    this.ids[place] = id;
    return id;
  }

  startOf(place: number): number {
    return this.#starts[place]!;
  }

  endOf(place: number): number {
    return this.#ends[place]!;
  }

  /** Undefined where it is not UTF-8: never replaced. */
  textAt(place: number): string | undefined {
    const bytes = this.#source.bytes.subarray(this.#starts[place], this.#ends[place]);
    return isUtf8(bytes) ? bytes.toString('utf8') : undefined;
  }

  #grow(): void {
    const capacity = this.#starts.length * 4;
    const grown = (column: Uint32Array) => {
      const larger = new Uint32Array(capacity);
      larger.set(column);
      return larger;
    };
    this.#starts = grown(this.#starts);
    this.#ends = grown(this.#ends);
    this.ids = grown(this.ids);
  }
}
