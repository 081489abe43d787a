/** Share of a file, and most rows of it, that are not scored. */
const PROBATION_SHARE = 0.15;
const MOST_PROBATION_ROWS = 750;

/** What a found window, a row fired outside and a missed window are worth. */
export interface NabProfile {
  readonly tp: number;
  readonly fp: number;
  readonly fn: number;
}

export const NAB_PROFILES = {
  standard: { tp: 1, fp: 0.11, fn: 1 },
  lowFP: { tp: 1, fp: 0.22, fn: 1 },
  lowFN: { tp: 1, fp: 0.11, fn: 2 },
} as const satisfies Record<string, NabProfile>;

/** Rows of a window, both ends inside it. */
export interface NabWindow {
  readonly first: number;
  readonly last: number;
}

/** Scores of one file, one for each row, and its windows in order. */
export interface NabFile {
  readonly scores: Float64Array;
  readonly windows: readonly NabWindow[];
}

/** Value of every row if it fires, and the window that it lies in. */
export interface RowWorth {
  readonly worth: Float64Array;
  /** −1 outside every window. */
  readonly window: Int32Array;
}

export interface NabResult {
  readonly score: number;
  readonly threshold: number;
  readonly found: number;
  /** Rows fired outside every window. */
  readonly falseAlarms: number;
}

export function probationRows(rows: number): number {
  return Math.min(Math.floor(PROBATION_SHARE * rows), MOST_PROBATION_ROWS);
}

/** Scaled sigmoid: 1 long before, 0 at the end of a window, −1 long after it. */
export function sigmoid(position: number): number {
  return position > 3 ? -1 : 2 / (1 + Math.exp(5 * position)) - 1;
}

/** What each row of a file is worth when it fires; rows of the probation are worth nothing and lie in no window. */
export function rowWorths(rows: number, windows: readonly NabWindow[]): RowWorth {
  const worth = new Float64Array(rows);
  const window = new Int32Array(rows).fill(-1);
  const best = sigmoid(-1);
  let at = 0;
  for (let row = 0; row < rows; row++) {
    while (at < windows.length && row > windows[at]!.last) at++;
    const current = windows[at];
    if (row < probationRows(rows)) continue;
    if (current !== undefined && row >= current.first) {
      worth[row] = sigmoid(-(current.last - row + 1) / (current.last - current.first + 1)) / best;
      window[row] = at;
    } else {
      worth[row] = outsideWorth(row, windows[at - 1]);
    }
  }
  return { worth, window };
}

function outsideWorth(row: number, before: NabWindow | undefined): number {
  if (before === undefined) return -1;
  return sigmoid((row - before.last) / Math.max(1, before.last - before.first));
}

/** Score of the corpus at one threshold: a row fires whose score is at least that. */
export function scoreNab(files: readonly NabFile[], profile: NabProfile, threshold: number): NabResult {
  const tally = new Tally(files, profile);
  for (const row of scoredRows(files)) if (row.score >= threshold) tally.fire(row);
  return tally.result(threshold);
}

/** The best score that any one threshold gives the corpus: what the board prints. */
export function sweepNab(files: readonly NabFile[], profile: NabProfile): NabResult {
  const rows = scoredRows(files).sort((a, b) => b.score - a.score);
  const tally = new Tally(files, profile);
  let best = tally.result(Number.POSITIVE_INFINITY);
  for (let at = 0; at < rows.length; ) {
    const threshold = rows[at]!.score;
    for (; at < rows.length && rows[at]!.score === threshold; at++) tally.fire(rows[at]!);
    const result = tally.result(threshold);
    if (result.score > best.score) best = result;
  }
  return best;
}

interface ScoredRow {
  readonly score: number;
  readonly worth: number;
  /** Number of the window in the corpus, −1 outside. */
  readonly window: number;
}

function scoredRows(files: readonly NabFile[]): ScoredRow[] {
  const rows: ScoredRow[] = [];
  let firstWindow = 0;
  for (const { scores, windows } of files) {
    const { worth, window } = rowWorths(scores.length, windows);
    for (let row = probationRows(scores.length); row < scores.length; row++) {
      const inside = window[row]!;
      rows.push({ score: scores[row]!, worth: worth[row]!, window: inside < 0 ? -1 : firstWindow + inside });
    }
    firstWindow += windows.length;
  }
  return rows;
}

/** Running sum over the rows that fire. */
class Tally {
  readonly #profile: NabProfile;
  readonly #bestWorth: Float64Array;
  readonly #hit: Uint8Array;
  #sum: number;
  #found = 0;
  #falseAlarms = 0;

  constructor(files: readonly NabFile[], profile: NabProfile) {
    const windows = files.reduce((count, file) => count + file.windows.length, 0);
    if (windows === 0) throw new RangeError('nab: the corpus has no labelled window');
    this.#profile = profile;
    this.#bestWorth = new Float64Array(windows);
    this.#hit = new Uint8Array(windows);
    this.#sum = -profile.fn * windows;
  }

  fire({ worth, window }: ScoredRow): void {
    if (window < 0) {
      this.#sum += this.#profile.fp * worth;
      this.#falseAlarms++;
      return;
    }
    if (this.#hit[window] === 0) {
      this.#hit[window] = 1;
      this.#found++;
      this.#sum += this.#profile.fn;
    }
    if (worth <= this.#bestWorth[window]!) return;
    this.#sum += this.#profile.tp * (worth - this.#bestWorth[window]!);
    this.#bestWorth[window] = worth;
  }

  result(threshold: number): NabResult {
    const windows = this.#hit.length;
    const nothing = -this.#profile.fn * windows;
    const perfect = this.#profile.tp * windows;
    const score = (100 * (this.#sum - nothing)) / (perfect - nothing);
    return { score, threshold, found: this.#found, falseAlarms: this.#falseAlarms };
  }
}
