/** What was said of one resource, and what became of it. Days count from now; null is not within the horizon. */
export interface Answer {
  readonly family: string;
  /** Why nothing was said; null where something was. */
  readonly abstained: string | null;
  readonly alreadyCrossed: boolean;
  readonly leadTimeDays: number;
  readonly crossedDays: number | null;
  readonly p10Days: number | null;
  readonly p50Days: number | null;
  readonly p90Days: number | null;
  readonly probabilityWithinLeadTime: number;
  readonly probabilityWithinHorizon: number;
}

/** One bin of reliability: what was said on average, and how often it came true. */
export interface ReliabilityBin {
  readonly from: number;
  readonly count: number;
  readonly said: number;
  readonly cameTrue: number;
}

export interface ProbabilityScore {
  /** Mean squared difference of the probability and what came (0 or 1). */
  readonly brier: number;
  /** The same for saying the share of all that came true each time. */
  readonly brierOfBaseRate: number;
  /** Mean distance of said and true over the bins, weighted by their counts. */
  readonly calibrationError: number;
  readonly bins: readonly ReliabilityBin[];
}

export interface DateScore {
  readonly family: string;
  readonly resources: number;
  readonly abstained: number;
  readonly alreadyCrossed: number;
  /** Resources with all three dates, and where the true date fell. */
  readonly dated: number;
  readonly before: number;
  readonly inside: number;
  readonly after: number;
  /** The same over all with a p10 date: a date beyond the horizon counts by the share of it that was said to be inside. */
  readonly insideAll: number;
  /** Median of |log(true / p50)| over those that crossed and had a p50: how sharp and how right. */
  readonly medianLogError: number;
}

export interface CalibrationScores {
  readonly leadTime: ProbabilityScore;
  readonly horizon: ProbabilityScore;
  readonly all: DateScore;
  readonly families: readonly DateScore[];
  readonly abstentions: Readonly<Record<string, number>>;
}

const BINS = 10;
const round = (value: number): number => Math.round(value * 1e4) / 1e4;

/** Scores of all answers, and of each family. Those that had crossed already are no question. */
export function scoreAnswers(
  answers: readonly Answer[],
  families: readonly string[],
  horizonDays: number,
): CalibrationScores {
  const asked = answers.filter(({ abstained, alreadyCrossed }) => abstained === null && !alreadyCrossed);
  const crossedWithin = ({ crossedDays }: Answer, days: number): boolean => crossedDays !== null && crossedDays <= days;
  const reasons = Map.groupBy(
    answers.filter(({ abstained, alreadyCrossed }) => abstained !== null && !alreadyCrossed),
    ({ abstained }) => abstained!,
  );
  return {
    leadTime: probabilityScore(
      asked.map((answer) => ({
        said: answer.probabilityWithinLeadTime,
        came: crossedWithin(answer, answer.leadTimeDays),
      })),
    ),
    horizon: probabilityScore(
      asked.map((answer) => ({ said: answer.probabilityWithinHorizon, came: crossedWithin(answer, horizonDays) })),
    ),
    all: dateScore('all', answers),
    families: families.map((family) =>
      dateScore(
        family,
        answers.filter((answer) => answer.family === family),
      ),
    ),
    abstentions: Object.fromEntries([...reasons].map(([reason, list]) => [reason, list.length])),
  };
}

function probabilityScore(claims: readonly { readonly said: number; readonly came: boolean }[]): ProbabilityScore {
  const base = claims.filter(({ came }) => came).length / claims.length;
  const square = (probability: (claim: { said: number }) => number): number =>
    claims.reduce((sum, claim) => sum + (probability(claim) - (claim.came ? 1 : 0)) ** 2, 0) / claims.length;
  const bins = Array.from({ length: BINS }, (_, bin): ReliabilityBin => {
    const inBin = claims.filter(({ said }) => Math.min(BINS - 1, Math.floor(said * BINS)) === bin);
    return {
      from: bin / BINS,
      count: inBin.length,
      said: round(inBin.reduce((sum, { said }) => sum + said, 0) / inBin.length),
      cameTrue: round(inBin.filter(({ came }) => came).length / inBin.length),
    };
  }).filter(({ count }) => count > 0);
  return {
    brier: round(square(({ said }) => said)),
    brierOfBaseRate: round(square(() => base)),
    calibrationError: round(
      bins.reduce((sum, { count, said, cameTrue }) => sum + (count * Math.abs(said - cameTrue)) / claims.length, 0),
    ),
    bins,
  };
}

function dateScore(family: string, answers: readonly Answer[]): DateScore {
  const asked = answers.filter(({ abstained, alreadyCrossed }) => abstained === null && !alreadyCrossed);
  const dated = asked.filter(({ p90Days }) => p90Days !== null);
  const share = (of: readonly Answer[], is: (answer: Answer) => boolean): number =>
    round(of.filter(is).length / of.length);
  const isBefore = ({ crossedDays, p10Days }: Answer): boolean => crossedDays !== null && crossedDays < p10Days!;
  const isAfter = ({ crossedDays, p90Days }: Answer): boolean =>
    p90Days !== null && (crossedDays === null || crossedDays > p90Days);
  const begun = asked.filter(({ p10Days }) => p10Days !== null);
  const errors = asked
    .filter(({ crossedDays, p50Days }) => crossedDays !== null && crossedDays > 0 && p50Days !== null)
    .map(({ crossedDays, p50Days }) => Math.abs(Math.log(crossedDays! / Math.max(p50Days!, 1 / 24))))
    .sort((a, b) => a - b);
  return {
    family,
    resources: answers.length,
    abstained: answers.filter(({ abstained, alreadyCrossed }) => abstained !== null && !alreadyCrossed).length,
    alreadyCrossed: answers.filter(({ alreadyCrossed }) => alreadyCrossed).length,
    dated: dated.length,
    before: share(dated, isBefore),
    inside: share(dated, (answer) => !isBefore(answer) && !isAfter(answer)),
    after: share(dated, isAfter),
    insideAll: round(begun.reduce((sum, answer) => sum + insideShare(answer, isBefore, isAfter), 0) / begun.length),
    medianLogError: round(errors[Math.floor(errors.length / 2)] ?? Number.NaN),
  };
}

/** 1 inside, 0 outside; where both the true date and p90 lie beyond the horizon, the share that was said to be inside. */
function insideShare(
  answer: Answer,
  isBefore: (answer: Answer) => boolean,
  isAfter: (answer: Answer) => boolean,
): number {
  if (isBefore(answer) || isAfter(answer)) return 0;
  if (answer.crossedDays !== null) return 1;
  return Math.max(0, 0.9 - answer.probabilityWithinHorizon) / (1 - answer.probabilityWithinHorizon);
}

/** The scores as a table for people. */
export function formatScores({ leadTime, horizon, all, families, abstentions }: CalibrationScores): string {
  const percent = (share: number): string => (Number.isNaN(share) ? '-' : `${Math.round(share * 100)} %`).padStart(8);
  const lines = ['family                    asked abstain   dated  before  inside   after  inside of all  log error'];
  for (const row of [...families, all]) {
    const numbers = [row.resources - row.abstained - row.alreadyCrossed, row.abstained, row.dated];
    lines.push(
      `${row.family.padEnd(24)}${numbers.map((n) => String(n).padStart(8)).join('')}` +
        `${[row.before, row.inside, row.after].map(percent).join('')}${percent(row.insideAll).padStart(15)}${row.medianLogError.toFixed(3).padStart(11)}`,
    );
  }
  for (const [name, score] of [
    ['crossing within the lead time', leadTime],
    ['crossing within the horizon', horizon],
  ] as const) {
    lines.push('', `${name}: brier ${score.brier}, of the base rate ${score.brierOfBaseRate}`);
    lines.push('  said      n   mean  came true');
    for (const { from, count, said, cameTrue } of score.bins) {
      const range = `${from.toFixed(1)}-${(from + 0.1).toFixed(1)}`;
      lines.push(
        `  ${range}${String(count).padStart(6)}${said.toFixed(3).padStart(8)}${cameTrue.toFixed(3).padStart(8)}`,
      );
    }
  }
  lines.push(
    '',
    `abstained: ${Object.entries(abstentions)
      .map(([reason, count]) => `${reason} ${count}`)
      .join(', ')}`,
  );
  return `${lines.join('\n')}\n`;
}
