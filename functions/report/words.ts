import { formatNumber } from '../../models/domain/quantity.ts';
import { blindSpotWords } from './blind-spot-words.ts';
import type { Digest, SettledSummary } from './digest.ts';
import { createZoneFormat, formatCap, formatDuration, plural, type ZoneFormat } from './format.ts';
import {
  type ChartWords,
  chartWords,
  crossedWords,
  type IssueWords,
  issueWords,
  type PredictedWords,
  predictedWords,
  type TrendWords,
  trendWords,
} from './row-words.ts';

/** A digest in words, in the order in which people read it. Both parts of the mail lay out these same words. */
export interface DigestWords {
  readonly subject: string;
  readonly title: string;
  readonly period: string;
  readonly headline: string;
  readonly settled: readonly string[];
  readonly crossed: readonly string[];
  readonly predicted: readonly PredictedWords[];
  readonly predictedMore: string | null;
  readonly chart: ChartWords | null;
  readonly issuesSummary: string;
  readonly issues: readonly IssueWords[];
  readonly issuesMore: string | null;
  readonly trend: readonly TrendWords[];
  readonly trendMore: string | null;
  readonly blindSpots: readonly string[];
  readonly footer: readonly (readonly [name: string, text: string])[];
}

export interface MailSetting {
  readonly recipient: string;
  /** Where the service can be asked for more; null where it has no address. */
  readonly publicUrl: string | null;
}

export function digestWords(digest: Digest, setting: MailSetting): DigestWords {
  const zone = createZoneFormat(digest.timeZone, digest.asOfMs);
  return {
    subject: subjectOf(digest),
    title: `Forewarn digest, week ${digest.week.week}`,
    period: `${zone.moment(digest.fromMs)} to ${zone.moment(digest.asOfMs)}`,
    headline: headlineOf(digest),
    settled: settledWords(digest.settled),
    crossed: crossedWords(digest),
    predicted: digest.predicted.rows.map((row) => predictedWords(row, zone)),
    predictedMore: formatCap(digest.predicted.rows.length, digest.predicted.total),
    chart: digest.chart && chartWords(digest.chart, zone),
    issuesSummary: issuesSummary(digest.issues),
    issues: digest.issues.opened.rows.map((row) => issueWords(row, zone)),
    issuesMore: formatCap(digest.issues.opened.rows.length, digest.issues.opened.total),
    trend: digest.trend.rows.map((row) => trendWords(row, zone)),
    trendMore: formatCap(digest.trend.rows.length, digest.trend.total),
    blindSpots: blindSpotWords(digest, zone),
    footer: footerOf(digest, setting, zone),
  };
}

/** The same shape every week, so that mail programs keep the reports together. */
function subjectOf({ predicted, week }: Digest): string {
  const what = predicted.total === 0 ? 'no predicted issues' : plural(predicted.total, 'predicted issue');
  return `[forewarn] ${what}, week ${week.week}`;
}

function headlineOf(digest: Digest): string {
  if (digest.looked.series === 0) return 'No data has arrived yet, so there was nothing to check.';
  const beyond = digest.crossed.total;
  const crossed =
    beyond === 0 ? '' : ` ${plural(beyond, 'resource')} ${beyond === 1 ? 'is' : 'are'} beyond the limit already.`;
  return `${decisionSentence(digest)}${crossed}`;
}

function decisionSentence({ predicted: { total }, decideThisWeek, insideLeadTime }: Digest): string {
  if (total === 0) return 'Nothing is predicted to cross a limit.';
  if (decideThisWeek === 0) return `${plural(total, 'predicted issue')}; none needs a decision in the next 7 days.`;
  const count =
    decideThisWeek === total ? formatNumber(total) : `${formatNumber(decideThisWeek)} of ${formatNumber(total)}`;
  const noun = total === 1 ? 'predicted issue' : 'predicted issues';
  const needs = `${count} ${noun} ${decideThisWeek === 1 ? 'needs' : 'need'} a decision in the next 7 days`;
  if (insideLeadTime === 0) return `${needs}.`;
  return `${needs}; ${formatNumber(insideLeadTime)} ${insideLeadTime === 1 ? 'is inside its' : 'are inside their'} lead time.`;
}

function settledWords(settled: SettledSummary): string[] {
  const { hit, early, late, missed, averted, voided, stillOpen, precision, medianNoticeMs } = settled;
  const cameTrue = hit + early + late;
  const total = cameTrue + missed + averted + voided + stillOpen;
  if (total === 0) return ['No earlier prediction was open or came due in this period.'];
  const notice = medianNoticeMs === null ? '' : ` (median notice ${formatDuration(medianNoticeMs)})`;
  const apart = [
    averted > 0 && `${averted} averted`,
    `${missed} false`,
    voided > 0 && `${voided} void`,
    `${stillOpen === 0 ? 'none' : stillOpen} still open`,
  ].filter((word) => word !== false);
  const sentences = [`${plural(total, 'prediction')}: ${cameTrue} came true${notice}, ${apart.join(', ')}.`];
  if (early + late > 0) {
    sentences.push(`Of those that came true, ${early} came earlier and ${late} later than the range given.`);
  }
  if (precision !== null) {
    const percent = formatNumber(Math.round(precision * 100));
    sentences.push(
      `Precision ${percent} % (${cameTrue} true of ${cameTrue + missed} true or false; averted, void and open ones are not counted).`,
    );
  }
  return sentences;
}

function issuesSummary({ opened, olderOpen, anomalies, anomaliesBefore }: Digest['issues']): string {
  const before = `${formatNumber(anomaliesBefore)} in the period before`;
  const older = olderOpen === 0 ? '' : ` ${plural(olderOpen, 'older issue')} still open.`;
  if (anomalies === 0 && opened.total === 0) return `No new anomalies (${before}).${older}`;
  return `${formatNumber(anomalies)} new ${anomalies === 1 ? 'anomaly' : 'anomalies'} (${before}) in ${plural(opened.total, 'issue')}.${older}`;
}

function footerOf(digest: Digest, setting: MailSetting, zone: ZoneFormat): [string, string][] {
  const footer: [string, string][] = [
    ['Period', `${zone.moment(digest.fromMs)} to ${zone.moment(digest.asOfMs)}`],
    ['Time zone', digest.timeZone],
    ['Generated', `as of ${zone.moment(digest.asOfMs)}`],
    ['Data until', digest.watermarkMs === null ? 'no data yet' : zone.when(digest.watermarkMs)],
    ['Model', digest.modelVersions.join(', ') || 'no forecast yet'],
    ['Workspace', digest.workspace],
    [
      'Why you get this',
      `${setting.recipient} is on the list of digest recipients of this Forewarn service (FOREWARN_MAIL_TO). To stop it, ask its operator to take the address off that list.`,
    ],
  ];
  if (setting.publicUrl !== null) {
    footer.push([
      'Full lists',
      `${setting.publicUrl}/v1/capacity?format=csv, /v1/predictions and /v1/issues, with a read key`,
    ]);
  }
  return footer;
}
