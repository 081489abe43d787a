import type { AbstainReason } from '../../models/domain/forecast.ts';
import { formatNumber } from '../../models/domain/quantity.ts';
import { formatSeries, type Labels } from '../../models/domain/series.ts';
import type { Digest } from './digest.ts';
import { plural, shorten, type ZoneFormat } from './format.ts';

const REASON_WORDS: Readonly<Record<AbstainReason, string>> = {
  too_short: 'history too short',
  no_skill: 'no model beats the naive forecast',
  intermittent: 'values come too rarely',
  regime_change: 'behaviour changed lately',
  stale: 'no recent data',
};

/** What was looked through, then what could not be seen. Never empty: silence must prove that it looked. */
export function blindSpotWords(digest: Digest, zone: ZoneFormat): string[] {
  const { looked, blindSpots } = digest;
  const { silent, limitsWithoutSeries, neverForecast, oldForecasts, hoursWithoutData } = blindSpots;
  const lines = [
    `Checked: ${formatNumber(looked.series)} series, ${plural(looked.limits, 'limit')}, ${plural(looked.forecasts, 'forecast')}; ${plural(looked.samples, 'sample')} arrived in this period.`,
  ];
  if (looked.series === 0) lines.push('No series is known, so nothing could be watched.');
  if (looked.limits === 0) lines.push('No limit is set, so nothing can be predicted to cross one.');
  if (hoursWithoutData > 0) lines.push(`Nothing at all arrived in ${plural(hoursWithoutData, 'full hour')}.`);
  if (silent.total > 0) {
    const examples = silent.rows.map(({ labels, lastSeenMs }) => {
      const last = lastSeenMs === null ? 'not in this period' : `last ${zone.moment(lastSeenMs)}`;
      return `${short(labels)} (${last})`;
    });
    lines.push(`${formatNumber(silent.total)} series sent nothing for 24 hours: ${list(examples, silent.total)}.`);
  }
  for (const { reason, total, withLimit, examples } of blindSpots.abstaining) {
    const limited = withLimit === 0 ? '' : `, ${formatNumber(withLimit)} of them under a limit`;
    const words = REASON_WORDS[reason];
    lines.push(
      `${formatNumber(total)} series without forecast, ${words}${limited}: ${list(examples.map(short), total)}.`,
    );
  }
  if (neverForecast > 0) lines.push(`${formatNumber(neverForecast)} series await their first forecast.`);
  if (oldForecasts > 0) lines.push(`${plural(oldForecasts, 'forecast')} made more than two days ago.`);
  if (limitsWithoutSeries.total > 0) {
    const titles = limitsWithoutSeries.rows.map((title) => `“${shorten(title, 80)}”`);
    lines.push(
      `${plural(limitsWithoutSeries.total, 'limit')} that no series falls under: ${list(titles, limitsWithoutSeries.total)}.`,
    );
  }
  if (lines.length === 1) lines.push('Every series is heard and forecast, and every limit has its series.');
  return lines;
}

function short(labels: Labels): string {
  return shorten(formatSeries(labels), 100);
}

function list(examples: readonly string[], total: number): string {
  const more = total - examples.length;
  return more > 0 ? `${examples.join(', ')} and ${formatNumber(more)} more` : examples.join(', ');
}
