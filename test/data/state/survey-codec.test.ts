import { describe, expect, it } from 'vitest';
import { decodeSurvey, encodeSurvey } from '../../../data/state/survey-codec.ts';
import { addSurveySeries, createSurveyState, type SurveyState, shapeIndex } from '../../../data/state/survey-state.ts';

const LAYOUT = { version: 1, seriesWords: 3, groupWords: 2, peerWords: 1, shapeWords: 2 };
const idOf = (i: number): string => i.toString(16).padStart(32, '0');

function filledSurvey(): SurveyState {
  const state = createSurveyState('abcdefghijkl', LAYOUT);
  for (let i = 0; i < 70; i++) {
    const groups = { service: `s${i % 3}`, peers: i % 2 === 0 ? `p${i % 7}` : undefined, instance: `i${i}` };
    addSurveySeries(state, idOf(i), groups, i % 4);
    state.words.set([i, i / 3, -i], i * 3);
  }
  state.services.words.set([1, 2, 3, 4, 5, 6]);
  state.peers.words.set([9, 8, 7]);
  const shape = shapeIndex(state, 2);
  state.shapes.words.set([4, 5], shape * 2);
  state.shapesMs = 300_000;
  state.doneToMs = 600_000;
  state.clockMs = 660_000;
  state.isLive = true;
  state.shards = [{ shard: 2, watermarkMs: 660_000, movedAtMs: 661_000 }];
  return state;
}

describe('a survey at rest', () => {
  it('is the same when it is read again', () => {
    const bytes = encodeSurvey(filledSurvey());

    const read = decodeSurvey(bytes);

    expect(read).toMatchObject({ doneToMs: 600_000, isLive: true, shards: [{ shard: 2 }] });
    expect(read.indexById.get(idOf(69))).toBe(69);
    expect([...read.words.subarray(207)]).toEqual([69, 23, -69]);
    expect(read.shapes).toMatchObject({ keys: [read.peers.keys[2]], words: new Float64Array([4, 5]) });
    expect(read.shapesMs).toBe(300_000);
    expect(encodeSurvey(read)).toEqual(bytes);
  });

  it('goes on with new series after it was read', () => {
    const read = decodeSurvey(encodeSurvey(filledSurvey()));

    const index = addSurveySeries(read, idOf(99), { service: 's1', peers: 'new', instance: undefined }, 0);

    expect(index).toBe(70);
    expect(read.serviceOf[index]).toBe(1);
    expect(read.peers.keys.at(-1)).toBe('new');
    expect(decodeSurvey(encodeSurvey(read)).seriesIds).toHaveLength(71);
  });

  it.each([0, 9, 13, 40, 900])('fails when byte %i is damaged', (at) => {
    const bytes = encodeSurvey(filledSurvey());
    bytes[at]! ^= 0xff;

    expect(() => decodeSurvey(bytes)).toThrow(expect.objectContaining({ code: 'store/corrupt' }));
  });

  it('fails when it is cut short', () => {
    expect(() => decodeSurvey(encodeSurvey(filledSurvey()).subarray(0, 7))).toThrow(
      expect.objectContaining({ code: 'store/corrupt' }),
    );
  });

  it('is left alone where a newer release has written it', () => {
    const bytes = encodeSurvey(filledSurvey());
    bytes[4] = 3;

    expect(() => decodeSurvey(bytes)).toThrow(expect.objectContaining({ code: 'store/version-unknown' }));
  });

  it('is learned again where version 1 has written it', () => {
    const bytes = encodeSurvey(filledSurvey());
    bytes[4] = 1;

    expect(() => decodeSurvey(bytes)).toThrow(expect.objectContaining({ code: 'store/corrupt' }));
  });
});
