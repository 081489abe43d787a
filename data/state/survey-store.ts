import { ServiceError } from '../../functions/platform/errors.ts';
import type { Objects } from '../contracts.ts';
import { decodeSurvey, encodeSurvey } from './survey-codec.ts';
import { type SurveyLayout, type SurveyState, surveyKey } from './survey-state.ts';

/** A survey that the caller may change, and what it must still be stored as for the change to count. */
export interface LoadedSurvey {
  /** Undefined where there is none, or none that this release goes on with: it is learned anew from history. */
  readonly state: SurveyState | undefined;
  readonly etag: string | undefined;
}

export interface SurveyStore {
  load(workspace: string): Promise<LoadedSurvey>;
  save(state: SurveyState, etag: string | undefined): Promise<'stored' | 'conflict'>;
}

/** What a newer release has written is not touched: loading it throws `store/version-unknown`. */
export function createSurveyStore(objects: Objects, layout: SurveyLayout): SurveyStore {
  return {
    async load(workspace) {
      const stored = await objects.get(surveyKey(workspace));
      if (stored === undefined) return { state: undefined, etag: undefined };
      const state = decodeIfSound(stored.bytes);
      return { state: state && isSameLayout(state.layout, layout) ? state : undefined, etag: stored.etag };
    },
    async save(state, etag) {
      const condition = etag === undefined ? ({ kind: 'absent' } as const) : ({ kind: 'match', etag } as const);
      const result = await objects.put(surveyKey(state.workspace), encodeSurvey(state), condition);
      return result.kind === 'conflict' ? 'conflict' : 'stored';
    },
  };
}

/** All that it knows can be learned again: a damaged one is as good as none. */
function decodeIfSound(bytes: Uint8Array): SurveyState | undefined {
  try {
    return decodeSurvey(bytes);
  } catch (error) {
    if (error instanceof ServiceError && error.code === 'store/corrupt') return undefined;
    throw error;
  }
}

function isSameLayout(a: SurveyLayout, b: SurveyLayout): boolean {
  return (
    a.version === b.version &&
    a.seriesWords === b.seriesWords &&
    a.groupWords === b.groupWords &&
    a.peerWords === b.peerWords &&
    a.shapeWords === b.shapeWords
  );
}
