import type { SeriesHead } from './batch.ts';
import { encodeSeriesHeads, type SeriesHeads } from './series-columns.ts';
import { shardOfWord } from './shard.ts';

/** What is remembered in all, with the series that nobody else may keep alive. */
const MAX_BYTES = 64 * 1024 * 1024;
/** An entry, with or without series. */
const ENTRY_BYTES = 200;
/** A series of an entry besides its labels: its head and its places. */
const SERIES_BYTES = 150;

interface Sequence {
  readonly count: number;
  /** Undefined where it came only once so far: what comes once is not worth the memory. */
  readonly encoded: Encoded | undefined;
}

interface Encoded {
  readonly heads: readonly SeriesHead[];
  readonly parts: readonly SeriesHeads[];
}

/**
 * Senders that sort what they send bring the same series in the same order again and again. What a segment has of them is
 * remembered, and not copied and compressed for each request: by the first of them, and only as long as all others follow.
 *
 * Two generations, each of at most half the room: what was not asked for during a whole one is forgotten.
 */
export class KnownSequences {
  readonly #maxBytes: number;
  #young = new Map<SeriesHead, Sequence>();
  #old = new Map<SeriesHead, Sequence>();
  #youngBytes = 0;

  constructor(maxBytes: number = MAX_BYTES) {
    this.#maxBytes = maxBytes;
  }

  /** For each shard its part of these series. */
  partsOf(heads: readonly SeriesHead[], shardCount: number): readonly SeriesHeads[] {
    const first = heads[0];
    if (first === undefined) return encodeHeads(heads, shardCount);
    const recent = this.#young.get(first);
    const known = recent ?? this.#old.get(first);
    const encoded = known?.encoded;
    if (encoded?.parts.length === shardCount && isSame(encoded.heads, heads)) {
      if (recent === undefined) this.#keep(first, known!);
      return encoded.parts;
    }
    const parts = encodeHeads(heads, shardCount);
    const comesAgain = known?.count === heads.length;
    this.#keep(first, { count: heads.length, encoded: comesAgain ? { heads, parts } : undefined });
    return parts;
  }

  #keep(first: SeriesHead, sequence: Sequence): void {
    const bytes = sizeOf(sequence);
    if ((this.#youngBytes + bytes) * 2 > this.#maxBytes) {
      this.#old = this.#young;
      this.#young = new Map();
      this.#youngBytes = 0;
    }
    const replaced = this.#young.get(first);
    this.#youngBytes += bytes - (replaced === undefined ? 0 : sizeOf(replaced));
    this.#young.set(first, sequence);
  }
}

function sizeOf({ encoded }: Sequence): number {
  if (encoded === undefined) return ENTRY_BYTES;
  let bytes = ENTRY_BYTES;
  for (const { labelStart, labelEnd } of encoded.heads) bytes += SERIES_BYTES + labelEnd - labelStart;
  for (const { ids, kindsAndSizes, labels } of encoded.parts)
    bytes += ids.length + kindsAndSizes.length + labels.length;
  return bytes;
}

/** By identity: a head that was forgotten and made anew is another one. */
function isSame(a: readonly SeriesHead[], b: readonly SeriesHead[]): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

/** For each shard its part of these series, in their order. */
export function encodeHeads(heads: readonly SeriesHead[], shardCount: number): readonly SeriesHeads[] {
  const shards = new Uint32Array(heads.length);
  const counts = new Uint32Array(shardCount);
  for (let place = 0; place < heads.length; place++) {
    const shard = shardOfWord(heads[place]!.idA, shardCount);
    shards[place] = shard;
    counts[shard]!++;
  }
  const grouped = Array.from(counts, (count) => new Uint32Array(count));
  counts.fill(0);
  for (let place = 0; place < shards.length; place++) {
    const shard = shards[place]!;
    grouped[shard]![counts[shard]!++] = place;
  }
  return grouped.map((places) => encodeSeriesHeads(heads, places));
}
