/** The whole number given after an option, or what it is without it. */
export function countOption(args: readonly string[], name: string, otherwise: number): number {
  const at = args.indexOf(name);
  if (at === -1) return otherwise;
  const count = Number(args[at + 1]);
  if (Number.isSafeInteger(count) && count > 0) return count;
  throw new RangeError(`${name} must be a whole number from 1, got ${args[at + 1] ?? 'nothing'}`);
}
