import type { SeriesHead } from '../../data/segments/batch.ts';
import type { Labels, SeriesKind } from '../../models/domain/series.ts';
import { ByteKeys, type ByteSource } from './byte-keys.ts';

/** An object with its places in tables. */
const HEAD_BYTES = 300;

export interface ByteIdentitiesOptions {
  readonly create: (labels: Labels, kind?: SeriesKind) => SeriesHead;
  /** Called before an entry is kept: it may call forget(). */
  readonly onKeep: (sizeBytes: number) => void;
}

/** Series of one workspace by bytes of messages in which their labels stand. */
export class ByteIdentities {
  readonly #options: ByteIdentitiesOptions;
  #young = new Generation();
  #old = new Generation();
  /** Size of the key that follow() found. */
  followedBytes = 0;

  constructor(options: ByteIdentitiesOptions) {
    this.#options = options;
  }

  get isEmpty(): boolean {
    return this.#young.heads.length + this.#old.heads.length === 0;
  }

  /** The series that came after the last one before, where its key begins here: the usual case, found without its end. */
  follow(source: ByteSource, start: number, limit: number): SeriesHead | undefined {
    const { keys, heads } = this.#young;
    const entry = keys.follow(source, start, limit);
    if (entry < 0) return undefined;
    this.followedBytes = keys.keyBytes(entry);
    return heads[entry];
  }

  find(source: ByteSource, start: number, end: number): SeriesHead | undefined {
    const recent = this.#young.keys.get(source, start, end);
    if (recent >= 0) return this.#young.heads[recent];
    const earlier = this.#old.keys.get(source, start, end);
    if (earlier < 0) return undefined;
    const head = this.#old.heads[earlier]!;
    // Those that were made with it are about to be forgotten.
    head.moveLabels();
    return this.keep(source, start, end, head);
  }

  /** Labels must have been checked and sorted. A kind that the sender states wins over what the name suggests. */
  make(source: ByteSource, start: number, end: number, labels: Labels, kind?: SeriesKind): SeriesHead {
    return this.keep(source, start, end, this.#options.create(labels, kind));
  }

  /** As make, for a series that was made elsewhere. */
  keep(source: ByteSource, start: number, end: number, head: SeriesHead): SeriesHead {
    this.#options.onKeep(end - start + sizeOf(head));
    this.#young.keys.add(source, start, end);
    this.#young.heads.push(head);
    return head;
  }

  /** What was not asked for since this was called last. */
  forget(): void {
    this.#old = this.#young;
    this.#young = new Generation();
  }
}

/** What a series takes besides its key, estimated. */
export function sizeOf({ labelStart, labelEnd }: SeriesHead): number {
  return HEAD_BYTES + labelEnd - labelStart;
}

class Generation {
  readonly keys = new ByteKeys();
  readonly heads: SeriesHead[] = [];
}
