import * as z from 'zod';
import type { Matcher } from '../../models/domain/limit.ts';

const MAX_MATCHERS = 30;
const MAX_NAME_CHARACTERS = 1_024;
const MAX_VALUE_CHARACTERS = 2_048;

/** Label names and their values, at least so many. A map by hand: in a plain object `__proto__` would mean something else. */
export const selectorOf = (least: 0 | 1) =>
  z.unknown().transform((given, context) => {
    const isMap = typeof given === 'object' && given !== null && !Array.isArray(given);
    const pairs: readonly (readonly [string, unknown])[] = isMap ? Object.entries(given) : [];
    const matchers = pairs.flatMap(([name, value]) => (typeof value === 'string' ? [{ name, value }] : []));
    const areAllowed = matchers.every(
      ({ name, value }) =>
        name !== '' && value !== '' && name.length <= MAX_NAME_CHARACTERS && value.length <= MAX_VALUE_CHARACTERS,
    );
    const areText = matchers.every(({ name, value }) => name.isWellFormed() && value.isWellFormed());
    const isEach = isMap && matchers.length === pairs.length && areAllowed && areText;
    if (matchers.length < least || matchers.length > MAX_MATCHERS || !isEach) {
      context.addIssue({
        code: 'custom',
        message: `must map ${least} to ${MAX_MATCHERS} label names to values, all of them text`,
      });
      return z.NEVER;
    }
    return matchers.sort((a, b) => (a.name < b.name ? -1 : 1));
  });

/** As it is put. */
export function selectorJson(selector: readonly Matcher[]): Readonly<Record<string, string>> {
  return Object.fromEntries(selector.map(({ name, value }) => [name, value]));
}
