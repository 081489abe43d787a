import { pathToFileURL } from 'node:url';
import { isDeepStrictEqual } from 'node:util';
import { compileFunction } from 'node:vm';

export interface Example {
  readonly expression: string;
  readonly expected: string;
}

/** Lines `expression // => value` of the `@example` blocks of a source. */
export function examplesOf(source: string): readonly Example[] {
  const comments = source.match(/\/\*\*[\s\S]*?\*\//g) ?? [];
  return comments.flatMap((comment) => {
    const [, ...blocks] = comment.split(/^\s*\*\s*@example\b/m);
    return blocks.flatMap((block) => linesOf(block.split(/^\s*\*\s*@\w/m)[0] ?? ''));
  });
}

function linesOf(block: string): readonly Example[] {
  return [...block.matchAll(/^\s*\*\s?(.+?)\s*\/\/ => (.+?)\s*$/gm)].map((match) => ({
    expression: match[1]!.trim(),
    expected: match[2]!,
  }));
}

/** Exported names of a module. */
export async function namesOf(file: string): Promise<Readonly<Record<string, unknown>>> {
  return (await import(pathToFileURL(file).href)) as Record<string, unknown>;
}

/** Undefined where the example holds, else a sentence that says how it does not. */
export function failureOf(example: Example, names: Readonly<Record<string, unknown>>): string | undefined {
  const { expression, expected } = example;
  try {
    const actual = evaluate(expression, names);
    if (isSame(actual, evaluate(expected, {}))) return undefined;
    return `${expression} is ${show(actual)}, not ${expected}`;
  } catch (error) {
    return `${expression} throws ${String(error)}`;
  }
}

/** The text is from our own sources, which are trusted like any other code in them. */
function evaluate(text: string, names: Readonly<Record<string, unknown>>): unknown {
  const bound = Object.entries(names);
  const parameters = bound.map(([name]) => name);
  const evaluator: CallableFunction = compileFunction(`return (${text});`, parameters);
  return Reflect.apply(
    evaluator,
    undefined,
    bound.map(([, value]) => value),
  );
}

/** Some last digits may differ: sums round, and examples are written by hand. */
const TOLERANCE = 1e-12;

function isSame(actual: unknown, expected: unknown): boolean {
  if (typeof actual === 'number' && typeof expected === 'number') {
    return Object.is(actual, expected) || Math.abs(actual - expected) <= TOLERANCE * Math.abs(expected);
  }
  return isDeepStrictEqual(plain(actual), plain(expected));
}

/** Typed arrays are written as lists. */
function plain(value: unknown): unknown {
  return ArrayBuffer.isView(value) && !(value instanceof DataView) ? Array.from(value as Float64Array) : value;
}

function show(value: unknown): string {
  return typeof value === 'number' ? String(value) : JSON.stringify(plain(value));
}
