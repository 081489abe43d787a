import { expect, it } from 'vitest';
import {
  addSurveySeries,
  createSurveyState,
  keepSeries,
  NO_GROUP,
  shapeIndex,
} from '../../../data/state/survey-state.ts';

const LAYOUT = { version: 1, seriesWords: 2, groupWords: 1, peerWords: 1, shapeWords: 1 };
const idOf = (i: number): string => i.toString(16).padStart(32, '0');

it('series that leave take their groups along where nobody else is in them, and the others keep their words', () => {
  const state = createSurveyState('abcdefghijkl', LAYOUT);
  for (let i = 0; i < 6; i++) {
    addSurveySeries(state, idOf(i), { service: `s${i % 2}`, peers: `p${i}`, instance: undefined }, 0);
    state.words.set([i, 10 * i], 2 * i);
  }
  state.services.words.set([100, 101]);
  state.peers.words.set([0, 1, 2, 3, 4, 5]);
  for (const group of [4, 1, 3]) {
    const shape = shapeIndex(state, group);
    state.shapes.words[shape] = group;
  }
  state.shapesMs = 66;
  state.doneToMs = 77;

  const kept = keepSeries(state, (index) => index % 2 === 1);

  expect(kept.seriesIds).toEqual([idOf(1), idOf(3), idOf(5)]);
  expect([...kept.words.subarray(0, 6)]).toEqual([1, 10, 3, 30, 5, 50]);
  expect(kept.services.keys).toEqual(['s1']);
  expect(kept.services.words[0]).toBe(101);
  expect([...kept.peers.words.subarray(0, 3)]).toEqual([1, 3, 5]);
  expect(kept.instanceOf[0]).toBe(NO_GROUP);
  expect(kept.shapes.keys).toEqual(['p1', 'p3']);
  expect([...kept.shapes.words.subarray(0, 2)]).toEqual([1, 3]);
  expect([kept.shapesMs, kept.doneToMs]).toEqual([66, 77]);
});
