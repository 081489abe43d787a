import type { LabelPair } from './validate-labels.ts';

/** Labels that the sender adds to everything, where they do not speak against those of the item. */
export function withCommon(labels: readonly LabelPair[], common: readonly LabelPair[]): LabelPair[] {
  const taken = new Set(labels.map(([name]) => name));
  return [...labels, ...common.filter(([name]) => !taken.has(name))];
}
