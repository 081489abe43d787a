/** Samples of all series of one sender with these numbers, `to` excluded. */
export interface SampleRange {
  readonly from: number;
  readonly to: number;
}

/**
 * What a sender saw: it asked (`invoke`), was told that all is stored (`ok`), knows that nothing is (`fail`), or got no
 * answer and cannot know (`info`).
 */
export interface WriteEvent extends SampleRange {
  readonly type: 'invoke' | 'ok' | 'fail' | 'info';
  readonly sender: number;
}

export type Fate = 'acknowledged' | 'unknown' | 'never';

export interface StoredSeries {
  readonly name: string;
  readonly points: readonly { readonly timestampMs: number; readonly value: number }[];
  readonly rollups: readonly { readonly startMs: number; readonly count: number }[];
}

/** How number and time of a sample belong together, and what its value must be. */
export interface SampleCode {
  readonly startMs: number;
  readonly stepMs: number;
  readonly rollupMs: number;
  readonly valueAt: (index: number) => number;
}

/** For each sample of a sender, what may be expected of it: one that was asked for and is not answered may be there. */
export function fatesOf(history: readonly WriteEvent[], sender: number): readonly Fate[] {
  const own = history.filter((event) => event.sender === sender);
  const length = own.reduce((most, { to }) => Math.max(most, to), 0);
  const fates = Array.from({ length }, (): Fate => 'never');
  const raise = ({ from, to }: SampleRange, fate: Fate): void => {
    for (let i = from; i < to; i++) if (fates[i] !== 'acknowledged') fates[i] = fate;
  };
  let asked: SampleRange | undefined;
  for (const event of own) {
    if (asked !== undefined && event.type === 'info') raise(asked, 'unknown');
    if (event.type === 'ok') raise(event, 'acknowledged');
    asked = event.type === 'invoke' ? event : undefined;
  }
  if (asked !== undefined) raise(asked, 'unknown'); // it was never told anything
  return fates;
}

/** Everything that must not be, in words; none where each acknowledged sample is there once and nothing else is. */
export function findViolations(series: StoredSeries, fates: readonly Fate[], code: SampleCode): string[] {
  const violations: string[] = [];
  const report = (what: string): number => violations.push(`${series.name}: ${what}`);
  const found = new Set<number>();
  const inBucket = new Map<number, number>();
  for (const { timestampMs, value } of series.points) {
    const index = (timestampMs - code.startMs) / code.stepMs;
    const fate = fates[index];
    if (fate === undefined || fate === 'never') report(`sample ${index} was never sent`);
    else if (found.has(index)) report(`sample ${index} is there twice`);
    else if (value !== code.valueAt(index)) report(`sample ${index} has the value ${value}`);
    found.add(index);
    const bucketMs = Math.floor(timestampMs / code.rollupMs) * code.rollupMs;
    inBucket.set(bucketMs, (inBucket.get(bucketMs) ?? 0) + 1);
  }
  for (const [index, fate] of fates.entries()) {
    if (fate === 'acknowledged' && !found.has(index)) report(`sample ${index} was acknowledged and is lost`);
  }
  for (const { startMs, count } of series.rollups) {
    const expected = inBucket.get(startMs) ?? 0;
    if (count !== expected) report(`the rollup at ${new Date(startMs).toISOString()} counts ${count} of ${expected}`);
    inBucket.delete(startMs);
  }
  for (const startMs of inBucket.keys()) report(`the rollup at ${new Date(startMs).toISOString()} is missing`);
  return violations;
}
