import type { Refusal } from './validate.ts';
import { isObject } from './validate-json.ts';
import type { LabelPair } from './validate-labels.ts';
import { quote } from './validate-rejections.ts';

/** Labels of a JSON item: numbers and booleans become texts, null is no label, anything deeper is refused. */
export function readJsonLabels(raw: unknown): LabelPair[] | Refusal {
  if (raw === undefined || raw === null) return [];
  if (!isObject(raw)) return { code: 'labels_invalid', detail: '"labels" must be an object' };
  const pairs: LabelPair[] = [];
  for (const [name, value] of Object.entries(raw)) {
    if (value === null) continue;
    if (typeof value === 'string') pairs.push([name, value]);
    else if (typeof value === 'number' || typeof value === 'boolean') pairs.push([name, String(value)]);
    else return { code: 'label_value_invalid', detail: `label ${quote(name)} must have a text as its value` };
  }
  return pairs;
}
