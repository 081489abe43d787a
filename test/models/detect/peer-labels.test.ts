import { expect, it } from 'vitest';
import {
  groupLabelOf,
  instanceLabelOf,
  instanceOf,
  peerKeyOf,
  saysNothingWhenAway,
} from '../../../models/detect/peer-labels.ts';
import type { Labels } from '../../../models/domain/series.ts';

const pod = (name: string, node: string): Labels => [
  ['__name__', 'cpu'],
  ['container', 'app'],
  ['job', 'shop'],
  ['node', node],
  ['pod', name],
];

it('two pods of one workload are peers, whichever node they run on', () => {
  expect(peerKeyOf(pod('shop-7f-a', 'n1'))).toBe(peerKeyOf(pod('shop-7f-b', 'n2')));
});

it('series of different containers or jobs are none', () => {
  const other = pod('shop-7f-a', 'n1').map(([name, value]) => [name, name === 'container' ? 'proxy' : value] as const);

  expect(peerKeyOf(other)).not.toBe(peerKeyOf(pod('shop-7f-a', 'n1')));
});

it('what one host sends by several ports comes from one instance', () => {
  const at = (port: string): Labels => [['instance', `db-1:${port}`]];

  expect(instanceOf(at('9100'))).toBe(instanceOf(at('9187')));
  expect(instanceLabelOf(at('9100'))).toEqual(['instance', 'db-1:9100']);
});

it('a pod is named before the node that it runs on', () => {
  expect(instanceOf(pod('shop-7f-a', 'n1'))).toBe('shop-7f-a');
});

it('a service is named before the job', () => {
  expect(
    groupLabelOf([
      ['job', 'j'],
      ['service', 's'],
    ]),
  ).toEqual(['service', 's']);
});

it('only counts of log records say nothing by their silence', () => {
  expect(saysNothingWhenAway([['__name__', 'log_records']])).toBe(true);
  expect(saysNothingWhenAway([['__name__', 'up']])).toBe(false);
});
