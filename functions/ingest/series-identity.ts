import type { SeriesHead } from '../../data/segments/batch.ts';
import { createSeriesHead } from '../../data/segments/series-head.ts';
import { seriesIdOf } from '../../data/segments/series-id.ts';
import { type Labels, metricName, type SeriesKind } from '../../models/domain/series.ts';
import { ByteIdentities, sizeOf } from './byte-identities.ts';
import { SymbolIds } from './symbol-ids.ts';

/** Who a series is. One object for one key as long as the cache knows it. */
export type Identity = SeriesHead;

/**
 * Remembers which series a sequence of label bytes means, so that labels are parsed, checked, sorted and hashed once for a
 * series and not once for a sample. The key is whatever a protocol knows a series by; equal keys must mean equal labels.
 */
export interface SeriesIdentity {
  find(workspace: string, key: string): Identity | undefined;
  /** Labels must have been checked and sorted. A kind that the sender states wins over what the name suggests. */
  make(workspace: string, key: string, labels: Labels, kind?: SeriesKind): Identity;
  /** The same for keys that are bytes of a message; each protocol has keys of its own. */
  ofBytes(workspace: string, protocol: string): ByteIdentities;
  /** Numbers of texts, of which keys can be made. Ask for them before ofBytes: when they begin anew, all keys are forgotten. */
  symbols(workspace: string): SymbolIds;
}

export interface SeriesIdentityOptions {
  readonly maxEntries: number;
  /** Estimated, keys and labels together. */
  readonly maxBytes: number;
}

/** Room for twice the 50,000 active series of a workspace, with 8 labels each; it fills only where there are so many. */
const MAX_ENTRIES = 200_000;
const MAX_BYTES = 256 * 1024 * 1024;
/** However little memory a process may take, requests need most of it. */
const HEAP_SHARE = 0.15;
/** What a label takes where its texts are kept. */
const LABEL_BYTES = 150;

/** The room that a process with a heap of this size has for it. */
export function identityRoom(heapBytes: number): SeriesIdentityOptions {
  return { maxEntries: MAX_ENTRIES, maxBytes: Math.min(MAX_BYTES, heapBytes * HEAP_SHARE) };
}

/** Two generations, each of at most half the room: what was not asked for during a whole one is forgotten. */
export function createSeriesIdentity(
  options: SeriesIdentityOptions = { maxEntries: MAX_ENTRIES, maxBytes: MAX_BYTES },
): SeriesIdentity {
  const texts = new Map<string, TextIdentities>();
  const bytes = new Map<string, ByteIdentities>();
  const symbols = new Map<string, SymbolIds>();
  let youngEntries = 0;
  let youngBytes = 0;

  function makeRoom(sizeBytes: number): void {
    if (youngEntries * 2 >= options.maxEntries || (youngBytes + sizeBytes) * 2 > options.maxBytes) {
      for (const kept of [texts, bytes, symbols]) forget(kept);
      youngEntries = 0;
      youngBytes = 0;
    }
    youngEntries++;
    youngBytes += sizeBytes;
  }

  const create = (workspace: string, labels: Labels, kind: SeriesKind | undefined, keepsTexts: boolean): Identity =>
    createSeriesHead(seriesIdOf(workspace, labels), labels, kind ?? kindOfName(metricName(labels)), keepsTexts);

  function keep(workspace: string, key: string, identity: Identity): Identity {
    makeRoom(key.length + sizeOf(identity) + identity.labels.length * LABEL_BYTES);
    entryOf(texts, workspace, () => new TextIdentities()).young.set(key, identity);
    return identity;
  }

  return {
    find(workspace, key) {
      const known = texts.get(workspace);
      const recent = known?.young.get(key);
      if (recent !== undefined) return recent;
      const earlier = known?.old.get(key);
      if (earlier === undefined) return undefined;
      earlier.moveLabels();
      return keep(workspace, key, earlier);
    },
    make: (workspace, key, labels, kind) => keep(workspace, key, create(workspace, labels, kind, true)),
    ofBytes: (workspace, protocol) =>
      entryOf(
        bytes,
        `${protocol} ${workspace}`,
        () =>
          new ByteIdentities({ create: (labels, kind) => create(workspace, labels, kind, false), onKeep: makeRoom }),
      ),
    symbols: (workspace) => {
      const known = symbols.get(workspace);
      if (known !== undefined && !known.isUsedUp) return known;
      bytes.clear();
      const made = new SymbolIds(makeRoom);
      symbols.set(workspace, made);
      return made;
    },
  };
}

class TextIdentities {
  young = new Map<string, Identity>();
  old = new Map<string, Identity>();

  get isEmpty(): boolean {
    return this.young.size + this.old.size === 0;
  }

  forget(): void {
    this.old = this.young;
    this.young = new Map();
  }
}

interface Forgetful {
  readonly isEmpty: boolean;
  forget(): void;
}

function forget(all: Map<string, Forgetful>): void {
  for (const [name, one] of all) {
    one.forget();
    if (one.isEmpty) all.delete(name);
  }
}

function entryOf<T>(all: Map<string, T>, name: string, create: () => T): T {
  const known = all.get(name);
  if (known !== undefined) return known;
  const made = create();
  all.set(name, made);
  return made;
}

const COUNTER_NAME = /_(total|bucket|seconds_count|seconds_sum|bytes_count|bytes_sum)$/;

/** Remote write 1.0 does not say what is a counter; by convention the name does. */
export function kindOfName(name: string): SeriesKind {
  return COUNTER_NAME.test(name) ? 'counter' : 'gauge';
}
