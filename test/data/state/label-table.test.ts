import { describe, expect, it } from 'vitest';
import { addLabels, createLabelTable, labelBytes, labelsAt } from '../../../data/state/label-table.ts';
import type { Labels } from '../../../models/domain/series.ts';

const MANY: Labels[] = Array.from({ length: 500 }, (_, i) => [
  ['__name__', `metric_${i}`],
  ['path', '/'.repeat(i % 90)],
  ['ünïcode', '☃'.repeat(i % 7)],
]);

describe('the label table', () => {
  it('gives back the labels of each series, however many there are', () => {
    const table = createLabelTable();
    for (const labels of MANY) addLabels(table, labels);

    expect(MANY.map((_, index) => labelsAt(table, index))).toEqual(MANY);
    expect(table.count).toBe(500);
  });

  it('keeps a series without labels', () => {
    const table = createLabelTable();
    addLabels(table, []);
    addLabels(table, [['a', 'b']]);

    expect(labelsAt(table, 0)).toEqual([]);
    expect(labelsAt(table, 1)).toEqual([['a', 'b']]);
  });

  it('says how many of its bytes are in use', () => {
    const table = createLabelTable();
    const empty = labelBytes(table);
    addLabels(table, [['a', 'b']]);

    expect(empty).toBe(0);
    expect(labelBytes(table)).toBe(table.ends[0]);
  });

  it('fails when asked for a series that it does not have', () => {
    const table = createLabelTable();
    addLabels(table, [['a', 'b']]);

    expect(() => labelsAt(table, 1)).toThrow('index must be between 0 and 0, got 1');
    expect(() => labelsAt(table, -1)).toThrow(RangeError);
  });
});
