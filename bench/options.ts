/** The whole number given after an option, or what it is without it. */
export function countOption(args: readonly string[], name: string, otherwise: number): number {
  const at = args.indexOf(name);
  if (at === -1) return otherwise;
  const count = Number(args[at + 1]);
  if (Number.isSafeInteger(count) && count > 0) return count;
  throw new RangeError(`${name} must be a whole number from 1, got ${args[at + 1] ?? 'nothing'}`);
}

/** The text given after an option, or what it is without it. */
export function textOption(args: readonly string[], name: string, otherwise: string): string {
  const at = args.indexOf(name);
  if (at === -1) return otherwise;
  const text = args[at + 1];
  if (text !== undefined) return text;
  throw new RangeError(`${name} must be followed by a value`);
}

/** The folder given after `--data`, which a benchmark of labelled data cannot do without. */
export function folderOption(args: readonly string[], bench: string): string {
  const folder = textOption(args, '--data', '');
  if (folder !== '') return folder;
  throw new RangeError(`${bench} needs --data DIR`);
}

/** The whole numbers given after an option, separated by commas. */
export function countsOption(args: readonly string[], name: string, otherwise: readonly number[]): readonly number[] {
  const text = textOption(args, name, '');
  if (text === '') return otherwise;
  return text.split(',').map((part) => countOption([name, part], name, 0));
}
