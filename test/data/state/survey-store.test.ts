import { describe, expect, it } from 'vitest';
import { addSurveySeries, createSurveyState, surveyKey } from '../../../data/state/survey-state.ts';
import { createSurveyStore } from '../../../data/state/survey-store.ts';
import { createMemoryObjects } from '../../support/memory-objects.ts';

const WORKSPACE = 'abcdefghijkl';
const LAYOUT = { version: 1, seriesWords: 2, groupWords: 1, peerWords: 1, shapeWords: 1 };

function survey() {
  const state = createSurveyState(WORKSPACE, LAYOUT);
  addSurveySeries(state, 'a'.repeat(32), { service: 's', peers: undefined, instance: undefined }, 0);
  return state;
}

describe('the survey of a workspace', () => {
  it('is replaced only as it was loaded', async () => {
    const store = createSurveyStore(createMemoryObjects(), LAYOUT);

    expect(await store.save(survey(), undefined)).toBe('stored');
    expect(await store.save(survey(), undefined)).toBe('conflict');
    const { etag } = await store.load(WORKSPACE);
    expect(await store.save(survey(), etag)).toBe('stored');
    expect(await store.save(survey(), etag)).toBe('conflict');
  });

  it('begins anew where its words have another meaning, or its bytes are damaged', async () => {
    const objects = createMemoryObjects();
    await createSurveyStore(objects, LAYOUT).save(survey(), undefined);
    const next = createSurveyStore(objects, { ...LAYOUT, version: 2 });

    const other = await next.load(WORKSPACE);
    expect(other.state).toBeUndefined();
    expect(await next.save({ ...survey(), layout: { ...LAYOUT, version: 2 } }, other.etag)).toBe('stored');
    await objects.put(surveyKey(WORKSPACE), new Uint8Array(99));
    const damaged = await next.load(WORKSPACE);
    expect(damaged.state).toBeUndefined();
    expect(damaged.etag).toBeDefined();
  });
});
