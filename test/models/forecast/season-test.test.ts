import { describe, expect, test } from 'vitest';
import { commonSeason, testSeason } from '../../../models/forecast/season-test.ts';
import { createRandom } from '../../../models/numeric/random.ts';

const random = createRandom(21);

function walk(points: number): Float64Array {
  let level = 500;
  return Float64Array.from({ length: points }, () => {
    level += random.normal();
    return level;
  });
}

function seasonal(points: number, period: number, size: number): Float64Array {
  return walk(points).map(
    (value, i) => value + size * Math.sin((2 * Math.PI * i) / period) + (i % period === 0 ? size : 0),
  );
}

describe('one series', () => {
  test('a season on a wandering level is found', () => {
    expect(testSeason(seasonal(240, 12, 6), 12)).toBe('seasonal');
  });

  test('of random walks few are called seasonal', () => {
    const verdicts = Array.from({ length: 200 }, () => testSeason(walk(150), 12));

    expect(verdicts.filter((verdict) => verdict === 'seasonal').length).toBeLessThan(24);
    expect(verdicts.filter((verdict) => verdict === 'none').length).toBeGreaterThan(60);
  });

  test('a constant has none, a short one may have one, a very long one is not tested', () => {
    expect(testSeason(new Float64Array(50).fill(2), 5)).toBe('none');
    expect(testSeason(walk(30), 12)).toBe('possible');
    expect(testSeason(walk(10), 500)).toBe('seasonal');
  });

  test('two wild days a week apart do not decide', () => {
    const verdicts = Array.from({ length: 100 }, () => {
      const values = walk(120);
      values[40] = 1e6;
      values[47] = 1e6;
      return testSeason(values, 7);
    });

    expect(verdicts.filter((verdict) => verdict === 'seasonal').length).toBeLessThan(30);
  });
});

describe('what series have in common', () => {
  test('a weak yearly season of weekly values is found over forty series', () => {
    expect(commonSeason(Array.from({ length: 40 }, () => seasonal(400, 52, 1.5)))).toBe(52);
  });

  test('random walks, and memory that fades, have nothing in common', () => {
    expect(commonSeason(Array.from({ length: 60 }, () => walk(200)))).toBeNull();
    const fading = Array.from({ length: 60 }, () => {
      let change = 0;
      return walk(200).map((value) => {
        change = 0.8 * change + random.normal();
        return value + 10 * change;
      });
    });
    expect(commonSeason(fading)).toBeNull();
  });

  test('a handful of series is too few', () => {
    expect(commonSeason(Array.from({ length: 4 }, () => seasonal(400, 12, 9)))).toBeNull();
  });
});
