import { describe, expect, it } from 'vitest';
import { serviceOf } from '../../../models/decide/service-of.ts';
import type { Labels } from '../../../models/domain/series.ts';

describe('serviceOf', () => {
  it.each([
    [
      'api',
      [
        ['__name__', 'up'],
        ['instance', 'i'],
        ['job', 'j'],
        ['service', 'api'],
      ],
    ],
    [
      'j',
      [
        ['__name__', 'up'],
        ['instance', 'i'],
        ['job', 'j'],
      ],
    ],
    [
      'i',
      [
        ['__name__', 'up'],
        ['instance', 'i'],
      ],
    ],
    ['up', [['__name__', 'up']]],
    ['unknown', [['zone', 'a']]],
  ] as const satisfies readonly (readonly [string, Labels])[])('is %s for %j', (service, labels) => {
    expect(serviceOf(labels)).toBe(service);
  });
});
