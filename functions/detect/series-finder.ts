import type { DecodedPart } from '../../data/segments/batch.ts';
import type { ShardState } from '../../data/state/shard-state.ts';
import type { SampleProcessor } from './sample-processor.ts';

export interface SeriesFinder {
  /** The index in the state of each series of the part; those that are new to the shard are added to it. */
  indexesOf(state: ShardState, part: DecodedPart): Uint32Array;
}

/** The series of a part, in their order. */
interface Sequence {
  readonly ids: Uint8Array;
  readonly indexes: Uint32Array;
}

interface Sequences {
  /** By the first series. */
  readonly byFirst: Map<string, Sequence>;
  /** Series in all of them. */
  series: number;
}

/** Remembered are at most so many series for each that the shard has, and at least so many: 20 bytes each. */
const MOST_PER_SERIES = 4;
const FEWEST = 16_384;

/**
 * Finds the series of a part. A sender that keeps its series in the same order sends the same identifiers again and again:
 * to compare them with those of the time before costs far less than to look up each.
 *
 * What is remembered belongs to one state as it is in memory, and goes with it.
 */
export function createSeriesFinder(processor: Pick<SampleProcessor, 'seriesIndex'>): SeriesFinder {
  const remembered = new WeakMap<ShardState, Sequences>();

  function sequencesOf(state: ShardState): Sequences {
    const known = remembered.get(state);
    if (known !== undefined) return known;
    const made = { byFirst: new Map<string, Sequence>(), series: 0 };
    remembered.set(state, made);
    return made;
  }

  function remember(state: ShardState, sequences: Sequences, first: string, sequence: Sequence): void {
    const { byFirst } = sequences;
    sequences.series += sequence.indexes.length - (byFirst.get(first)?.indexes.length ?? 0);
    if (sequences.series > Math.max(FEWEST, MOST_PER_SERIES * state.seriesIds.length)) {
      byFirst.clear();
      sequences.series = sequence.indexes.length;
    }
    byFirst.set(first, sequence);
  }

  return {
    indexesOf(state, part) {
      if (part.seriesCount === 0) return new Uint32Array(0);
      const sequences = sequencesOf(state);
      const first = part.seriesIdAt(0);
      const known = sequences.byFirst.get(first);
      if (known !== undefined && Buffer.compare(known.ids, part.seriesIds) === 0) return known.indexes;
      const indexes = lookUp(processor, state, part);
      remember(state, sequences, first, { ids: part.seriesIds.slice(), indexes });
      return indexes;
    },
  };
}

function lookUp(processor: Pick<SampleProcessor, 'seriesIndex'>, state: ShardState, part: DecodedPart): Uint32Array {
  return Uint32Array.from({ length: part.seriesCount }, (_, i) =>
    processor.seriesIndex(
      state,
      part.seriesIdAt(i),
      part.kindAt(i),
      () => part.labelsAt(i),
      part.timestampsMs[part.sampleStarts[i]!]!,
    ),
  );
}
