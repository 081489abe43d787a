import * as z from 'zod';

/** What a wrong value is shown as, at most. */
const MAX_SHOWN_CHARACTERS = 40;

const KINDS: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  object: 'an object',
  array: 'a list',
};
const COUNTED: Readonly<Record<string, string>> = { string: 'character', array: 'item' };

/** A mistake in a body in plain words: what is allowed there, and what was given. Undefined: as the schema says it. */
export const bodyWords: z.core.$ZodErrorMap = (issue) => {
  switch (issue.code) {
    case 'invalid_type': {
      const kind = `must be ${KINDS[issue.expected] ?? issue.expected}`;
      return issue.input === undefined ? `is missing; ${kind}` : `${kind}, got ${shown(issue.input)}`;
    }
    case 'too_small':
      return boundWords(issue.origin, issue.minimum, issue.inclusive === false ? 'above' : 'at least', issue.input);
    case 'too_big':
      return boundWords(issue.origin, issue.maximum, issue.inclusive === false ? 'below' : 'at most', issue.input);
    case 'unrecognized_keys':
      return unknownFieldWords(issue.keys, issue.inst);
    case 'invalid_value':
      return `must be ${issue.values.length > 1 ? 'one of ' : ''}${issue.values.join(', ')}, got ${shown(issue.input)}`;
    default:
      return undefined;
  }
};

function boundWords(origin: string, bound: number | bigint, side: string, input: unknown): string {
  const counted = COUNTED[origin];
  if (counted === undefined) return `must be ${side} ${bound}, got ${shown(input)}`;
  return `must have ${side} ${bound} ${counted}${bound === 1 ? '' : 's'}`;
}

function unknownFieldWords(keys: readonly string[], schema: unknown): string {
  const unknown = `has no field ${keys.map(shown).join(', ')}`;
  return schema instanceof z.ZodObject ? `${unknown}; allowed are ${Object.keys(schema.shape).join(', ')}` : unknown;
}

function shown(value: unknown): string {
  // What JSON cannot say is a number beyond all bounds.
  const text = typeof value === 'number' ? String(value) : JSON.stringify(value);
  return text.length > MAX_SHOWN_CHARACTERS ? `${text.slice(0, MAX_SHOWN_CHARACTERS)}…` : text;
}
