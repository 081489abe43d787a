import { type ByteSource, sourceOf } from './byte-keys.ts';
import { BYTES, type FieldReader, VARINT } from './protobuf-fields.ts';
import type { SymbolTable } from './remote-write-symbols.ts';
import type { Refusal } from './validate.ts';

const WORD_BYTES = 4;

/** The references to texts that are the labels of one series after another, and the key that they make. */
export class LabelRefs {
  readonly #symbols: SymbolTable;
  readonly #refs: Uint32Array;
  readonly #maxRefs: number;
  /** The type of the series, then the number of each text: equal labels of a workspace have equal keys. */
  readonly key: ByteSource;
  count = 0;
  /** The first that leads nowhere, or −1. */
  #unknown = -1;

  constructor(symbols: SymbolTable, maxLabels: number) {
    this.#symbols = symbols;
    this.#maxRefs = 2 * maxLabels;
    this.#refs = new Uint32Array(this.#maxRefs);
    this.key = sourceOf(Buffer.alloc(WORD_BYTES * (1 + this.#maxRefs)));
  }

  get keyBytes(): number {
    return WORD_BYTES * (1 + this.count);
  }

  at(i: number): number {
    return this.#refs[i]!;
  }

  begin(): void {
    this.count = 0;
    this.#unknown = -1;
    this.setType(0);
  }

  setType(type: number): void {
    this.key.view.setInt32(0, type);
  }

  /** Reads a field of them, packed or one alone; those beyond the limit are counted no further than that. */
  read(reader: FieldReader, end: number): void {
    if (reader.wireType === VARINT) {
      this.#add(reader.readUint32(end));
      return;
    }
    reader.expect(BYTES);
    const listEnd = reader.readEnd(end);
    while (reader.at < listEnd && this.count <= this.#maxRefs) {
      this.#readShort(reader, listEnd);
      if (reader.at < listEnd) this.#add(reader.readUint32(listEnd));
    }
    reader.at = listEnd;
  }

  /** The usual case, which takes most of the time of a request: references of up to three bytes to texts that were met. */
  #readShort(reader: FieldReader, listEnd: number): void {
    const { bytes } = reader;
    const { ids, count: symbols } = this.#symbols;
    const refs = this.#refs;
    const { view } = this.key;
    let at = reader.at;
    let place = this.count;
    while (at < listEnd && place < this.#maxRefs) {
      const start = at;
      let ref = bytes[at++]!;
      if (ref >= 0x80 && at < listEnd) {
        ref = (ref & 0x7f) | (bytes[at++]! << 7);
        if (ref >= 0x4000 && at < listEnd) ref = (ref & 0x3fff) | (bytes[at++]! << 14);
      }
      const id = ref < symbols && bytes[at - 1]! < 0x80 ? ids[ref]! : 0;
      if (id === 0) {
        at = start;
        break;
      }
      refs[place++] = ref;
      view.setUint32(WORD_BYTES * place, id);
    }
    reader.at = at;
    this.count = place;
  }

  /** Why these are no labels. */
  check(): Refusal | undefined {
    if (this.count > this.#maxRefs) {
      return { code: 'labels_too_many', detail: `more than ${this.#maxRefs / 2} labels` };
    }
    if (this.count % 2 === 1) {
      return { code: 'label_refs_odd', detail: `${this.count} references are no pairs of name and value` };
    }
    if (this.#unknown === -1) return undefined;
    const detail = `reference ${this.#unknown}, but there are ${this.#symbols.count} symbols`;
    return { code: 'label_ref_unknown', detail };
  }

  #add(ref: number): void {
    const place = this.count++;
    if (place >= this.#maxRefs) return;
    this.#refs[place] = ref;
    if (ref < this.#symbols.count) this.key.view.setUint32(WORD_BYTES * (1 + place), this.#symbols.idAt(ref));
    else if (this.#unknown === -1) this.#unknown = ref;
  }
}
