import type { Refusal, RejectedItem, Rejections } from './validate.ts';

export const EXAMPLES = 5;

/** Counts refusals by reason and keeps the first few as examples. */
export class RejectionTally implements Rejections {
  count = 0;
  readonly examples: RejectedItem[] = [];
  readonly byReason = new Map<string, number>();

  /** A tally that goes on from what was refused before. */
  static of({ count, examples, byReason }: Rejections): RejectionTally {
    const tally = new RejectionTally();
    tally.count = count;
    tally.examples.push(...examples); // at most five
    for (const [reason, items] of byReason) tally.byReason.set(reason, items);
    return tally;
  }

  /** Refuses `items` items for one reason: a series takes all its samples with it. */
  add(index: number, refusal: Refusal, items = 1, pointer?: () => string): void {
    this.addItems(refusal.code, items);
    if (this.examples.length < EXAMPLES) {
      const { code, detail } = refusal;
      this.examples.push({ index, code, detail, ...(pointer && { pointer: pointer() }) });
    }
  }

  /** Counts items refused for a reason of which there are examples enough. */
  addItems(reason: string, items: number): void {
    this.count += items;
    this.byReason.set(reason, (this.byReason.get(reason) ?? 0) + items);
  }
}

/** A sender's text inside a message: short, on one line, well-formed. */
export function quote(text: string): string {
  const short = text.length > 64 ? `${text.slice(0, 64)}…` : text;
  return JSON.stringify(short.toWellFormed());
}
