import { describe, expect, it } from 'vitest';
import { encodeLabels } from '../../../data/segments/label-block.ts';
import { createSeriesHead, createSeriesHeadOfBytes } from '../../../data/segments/series-head.ts';
import { digestOfBytes, digestOfSeriesId, seriesIdOf } from '../../../data/segments/series-id.ts';
import type { Labels } from '../../../models/domain/series.ts';

const ID = '00ff7f80deadbeef0000000180000000';

function labelsOf(value: string): Labels {
  return [
    ['__name__', 'm'],
    ['value', value],
  ];
}

describe('a head of a series', () => {
  it.each([true, false])('gives back its identifier, its labels and its kind; texts kept: %s', (keepsTexts) => {
    const head = createSeriesHead(ID, labelsOf('ü'), 'counter', keepsTexts);

    expect([head.seriesId, head.labels, head.kind]).toEqual([ID, labelsOf('ü'), 'counter']);
    expect([head.idA, head.idB, head.idC, head.idD]).toEqual([0x00ff7f80, 0xdeadbeef | 0, 0x00000001, 0x80000000 | 0]);
  });

  it('keeps its labels however many others are made after it, short ones and long ones', () => {
    const sizes = Array.from({ length: 300 }, (_, i) => (i * 37) % 400).concat(2_048, 20_000, 3);
    const heads = sizes.map((size) => createSeriesHead(ID, labelsOf('v'.repeat(size)), 'gauge'));

    expect(heads.map(({ labels }) => labels)).toEqual(sizes.map((size) => labelsOf('v'.repeat(size))));
  });

  it('is made of the first bytes of a buffer that is used again', () => {
    const buffer = Buffer.concat([encodeLabels(labelsOf('a')), Buffer.from('rest')]);
    const head = createSeriesHeadOfBytes(digestOfSeriesId(ID), buffer, buffer.length - 4, 'gauge');
    buffer.fill(0);

    expect([head.seriesId, head.labels]).toEqual([ID, labelsOf('a')]);
  });

  it('can move its labels away from those of others', () => {
    const [first, ...others] = Array.from({ length: 1_000 }, (_, i) => createSeriesHead(ID, labelsOf(`${i}`), 'gauge'));
    const before = first!.labelSource;
    first!.moveLabels();

    expect(before).toBe(others[0]!.labelSource);
    expect(first!.labelSource).not.toBe(before);
    expect([first!.labels, others[0]!.labels]).toEqual([labelsOf('0'), labelsOf('1')]);
  });

  it('has the identifier that the digest of the written labels says', () => {
    const texts = ['abcdefghijkl', ...labelsOf('a').flat()];
    const written = Buffer.concat(texts.flatMap((text) => [Buffer.of(0, 0, 0, text.length), Buffer.from(text)]));
    const head = createSeriesHeadOfBytes(digestOfBytes(written), Buffer.of(0), 1, 'gauge');

    expect(head.seriesId).toBe(seriesIdOf('abcdefghijkl', labelsOf('a')));
  });

  it.each(['', ID.slice(1), `${ID}0`, ID.toUpperCase(), `${ID.slice(1)}g`])('refuses the identifier "%s"', (id) => {
    expect(() => createSeriesHead(id, labelsOf('a'), 'gauge')).toThrow(RangeError);
  });
});
