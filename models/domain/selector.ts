import type { Matcher } from './limit.ts';
import { type Labels, labelValue } from './series.ts';

/** Label values that a series must all carry; an empty selector names every series of the workspace. */
export type Selector = readonly Matcher[];

/** Does a series carry every label value of the selector, byte for byte? The metric's name is the label `__name__`. */
export function selects(selector: Selector, labels: Labels): boolean {
  for (const { name, value } of selector) if (labelValue(labels, name) !== value) return false;
  return true;
}
