import { describe, expect, it } from 'vitest';
import { formatSegmentMessage, parseSegmentMessage } from '../../../data/segments/message.ts';
import { encodeSegment } from '../../../data/segments/segment.ts';
import { ServiceError } from '../../../functions/platform/errors.ts';
import { columnsOf } from '../../support/series-columns.ts';
import { idOfShard, series, WORKSPACE } from './batches.ts';

const segment = encodeSegment(WORKSPACE, 4, { series: columnsOf([series(idOfShard(2), [[0, 1]])]), logs: [] });
const message = formatSegmentMessage(WORKSPACE, segment, segment.parts[0]!);

describe('the message about a part', () => {
  it('goes to the group of its shard, under a name of its own', () => {
    expect(message.group).toBe(`${WORKSPACE}.2`);
    expect(message.dedupId).toBe(`${segment.segmentId}.2`);
  });

  it('says where the part lies', () => {
    expect(parseSegmentMessage(message.body)).toEqual({
      v: 1,
      workspace: WORKSPACE,
      shard: 2,
      segmentId: segment.segmentId,
      key: segment.key,
      offset: 0,
      length: segment.bytes.length,
      samples: 1,
      logRecords: 0,
    });
  });

  it.each([
    ['is no JSON', '{'],
    ['is something else', 'null'],
    ['has another version', message.body.replace('"v":1', '"v":2')],
    ['has a negative place', message.body.replace('"offset":0', '"offset":-1')],
    ['has a workspace that is none', message.body.replace(`"workspace":"${WORKSPACE}"`, '"workspace":"../x"')],
    ['says more than is known', message.body.replace('"v":1', '"v":1,"more":1')],
    ['lacks something', message.body.replace('"samples":1,', '')],
  ])('fails when it %s', (_, body) => {
    expect(() => parseSegmentMessage(body)).toThrow(ServiceError);
  });
});
