import { expect, test } from 'vitest';
import { fromAttribute, toAttribute } from '../../../data/aws/attribute-value.ts';

test('numbers within the reach of DynamoDB are numbers there, the others keep every bit', () => {
  expect(toAttribute(1.5)).toEqual({ N: '1.5' });
  expect(toAttribute(1e200)).toEqual({ B: expect.any(Uint8Array) });

  for (const value of [0, 1e-130, 1e125, Number.MAX_VALUE, -Number.MIN_VALUE, 1 / 3, 2 ** 53 + 2]) {
    expect(fromAttribute(toAttribute(value))).toBe(value);
  }
});

test.each(['__proto__', '\0__proto__', '\0\0__proto__', 'x__proto__', '\0x'])(
  'a field named %j keeps its name',
  (name) => {
    const value = Object.fromEntries([[name, 1]]);

    const attribute = toAttribute(value);

    expect(Object.keys(attribute.M ?? {})).not.toContain('__proto__');
    expect(Object.entries(fromAttribute(attribute) as object)).toEqual([[name, 1]]);
  },
);
