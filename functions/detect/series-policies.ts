import { labelsAt } from '../../data/state/label-table.ts';
import type { ShardState } from '../../data/state/shard-state.ts';
import type { Policy } from '../../models/detect/policy.ts';
import { EMPTY_BOOK, type PolicyBook } from '../../models/detect/policy-book.ts';

/** The policy of each series of a state, resolved once for each version of what people have said. */
export interface SeriesPolicies {
  use(state: ShardState, book: PolicyBook): void;
  bookOf(state: ShardState): PolicyBook;
  of(state: ShardState, index: number): Policy;
}

interface Resolved {
  readonly book: PolicyBook;
  readonly byIndex: (Policy | undefined)[];
}

/** Kept beside the states and not in them: they are written, and what people have said is not theirs. */
export function createSeriesPolicies(): SeriesPolicies {
  const resolved = new WeakMap<ShardState, Resolved>();

  function resolvedOf(state: ShardState): Resolved {
    const known = resolved.get(state);
    if (known !== undefined) return known;
    const made = { book: EMPTY_BOOK, byIndex: [] };
    resolved.set(state, made);
    return made;
  }

  return {
    use(state, book) {
      if (resolved.get(state)?.book !== book) resolved.set(state, { book, byIndex: [] });
    },
    bookOf: (state) => resolvedOf(state).book,
    of(state, index) {
      const { book, byIndex } = resolvedOf(state);
      const known = byIndex[index];
      if (known !== undefined) return known;
      const policy = book.resolve(state.seriesIds[index]!, labelsAt(state.labels, index));
      byIndex[index] = policy;
      return policy;
    },
  };
}
