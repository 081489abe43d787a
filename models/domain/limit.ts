/** One label condition of a selector; all conditions of a selector must hold. */
export interface Matcher {
  readonly name: string;
  readonly value: string;
}

/** A limit that resources must stay within, and how long before it people need to know. */
export interface Limit {
  readonly limitId: string;
  /** What it applies to, for people: "data disks". */
  readonly title: string;
  readonly selector: readonly Matcher[];
  /** `max`: crossed when the value rises to it; `min`: crossed when the value falls to it. */
  readonly bound: 'max' | 'min';
  readonly value: number;
  /** Unit of the value, for people: `bytes`, `%`, `ratio`. */
  readonly unit: string;
  /** Time to act: how long before the crossing people must be told. */
  readonly leadTimeMs: number;
  /** Warn when the probability of crossing within the lead time (see Prediction) reaches this, 0 to 1. */
  readonly probability: number;
  /** What to do about it, shown in the report. */
  readonly action: string;
  readonly updatedAtMs: number;
}
