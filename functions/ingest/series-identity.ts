import type { SeriesHead } from '../../data/segments/batch.ts';
import { createSeriesHead } from '../../data/segments/series-head.ts';
import { seriesIdOf } from '../../data/segments/series-id.ts';
import { type Labels, metricName, type SeriesKind } from '../../models/domain/series.ts';

/** Who a series is. One object for one key as long as the cache knows it. */
export type Identity = SeriesHead;

/**
 * Remembers which series a sequence of label bytes means, so that labels are parsed, checked, sorted and hashed once for a
 * series and not once for a sample. The key is the labels exactly as they came over the wire.
 */
export interface SeriesIdentity {
  find(workspace: string, key: string): Identity | undefined;
  /** Labels must have been checked and sorted. A kind that the sender states wins over what the name suggests. */
  make(workspace: string, key: string, labels: Labels, kind?: SeriesKind): Identity;
}

export interface SeriesIdentityOptions {
  readonly maxEntries: number;
  /** Estimated, keys and labels together. */
  readonly maxBytes: number;
}

/** Room for twice the 50,000 active series of a workspace, with 8 labels each; it fills only where there are so many. */
const DEFAULT_OPTIONS: SeriesIdentityOptions = { maxEntries: 200_000, maxBytes: 256 * 1024 * 1024 };
/** What an entry, and each of its labels, takes besides the key: heap measured with 50,000 series of 2, 8 and 16 labels. */
const ENTRY_BYTES = 600;
const LABEL_BYTES = 150;

/** Two generations, each of at most half the room: what was not asked for during a whole one is forgotten. */
export function createSeriesIdentity(options: SeriesIdentityOptions = DEFAULT_OPTIONS): SeriesIdentity {
  let young = new Generation();
  let old = new Generation();

  function keep(workspace: string, key: string, identity: Identity): void {
    const sizeBytes = key.length + ENTRY_BYTES + identity.labels.length * LABEL_BYTES;
    if (young.entries * 2 >= options.maxEntries || (young.sizeBytes + sizeBytes) * 2 > options.maxBytes) {
      old = young;
      young = new Generation();
    }
    young.set(workspace, key, identity, sizeBytes);
  }

  return {
    find(workspace, key) {
      const recent = young.get(workspace, key);
      if (recent !== undefined) return recent;
      const earlier = old.get(workspace, key);
      if (earlier !== undefined) keep(workspace, key, earlier);
      return earlier;
    },
    make(workspace, key, labels, kind) {
      const identity = createSeriesHead(seriesIdOf(workspace, labels), labels, kind ?? kindOfName(metricName(labels)));
      keep(workspace, key, identity);
      return identity;
    },
  };
}

class Generation {
  entries = 0;
  sizeBytes = 0;
  readonly #byWorkspace = new Map<string, Map<string, Identity>>();

  get(workspace: string, key: string): Identity | undefined {
    return this.#byWorkspace.get(workspace)?.get(key);
  }

  set(workspace: string, key: string, identity: Identity, sizeBytes: number): void {
    let identities = this.#byWorkspace.get(workspace);
    if (identities === undefined) {
      identities = new Map();
      this.#byWorkspace.set(workspace, identities);
    }
    identities.set(key, identity);
    this.entries++;
    this.sizeBytes += sizeBytes;
  }
}

const COUNTER_NAME = /_(total|bucket|seconds_count|seconds_sum|bytes_count|bytes_sum)$/;

/** Remote write 1.0 does not say what is a counter; by convention the name does. */
export function kindOfName(name: string): SeriesKind {
  return COUNTER_NAME.test(name) ? 'counter' : 'gauge';
}
