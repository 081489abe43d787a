import { ByteKeys, type ByteSource } from './byte-keys.ts';

/** Above this, numbers begin anew; one request is far from using up the rest of 32 bits. */
const LAST_ID = 2 ** 31;
const ENTRY_BYTES = 32;

/**
 * Numbers for the texts of one workspace, so that labels which refer to texts can be told apart by numbers alone. Equal
 * texts have equal numbers as long as they are asked for; no number is ever given to two texts.
 */
export class SymbolIds {
  readonly #onKeep: (sizeBytes: number) => void;
  #young = new Generation();
  #old = new Generation();
  #next = 1;

  constructor(onKeep: (sizeBytes: number) => void) {
    this.#onKeep = onKeep;
  }

  get isEmpty(): boolean {
    return this.#young.ids.length + this.#old.ids.length === 0;
  }

  /** True where no number is left: then nothing that was made of numbers before may be used any more. */
  get isUsedUp(): boolean {
    return this.#next > LAST_ID;
  }

  /** From 1. */
  idOf(source: ByteSource, start: number, end: number): number {
    const recent = this.#young.idOf(source, start, end);
    if (recent > 0) return recent;
    const earlier = this.#old.idOf(source, start, end);
    const id = earlier > 0 ? earlier : this.#next++;
    this.#onKeep(end - start + ENTRY_BYTES);
    this.#young.keys.add(source, start, end);
    this.#young.ids.push(id);
    return id;
  }

  /** What was not asked for since this was called last. */
  forget(): void {
    this.#old = this.#young;
    this.#young = new Generation();
  }
}

class Generation {
  readonly keys = new ByteKeys();
  readonly ids: number[] = [];

  /** 0 where the text has none. */
  idOf(source: ByteSource, start: number, end: number): number {
    const entry = this.keys.get(source, start, end);
    return entry < 0 ? 0 : this.ids[entry]!;
  }
}
