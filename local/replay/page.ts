import { createZoneFormat, type ZoneFormat } from '../../functions/report/format.ts';
import { type Html, html } from '../../functions/report/html.ts';
import type { ReplayedAnomaly } from '../../models/detect/replay.ts';
import { formatSeries } from '../../models/domain/series.ts';
import { detailChart, overviewChart } from './chart.ts';
import { STYLE } from './page-style.ts';
import type { FileContent } from './read-series.ts';
import type { SeriesReplay } from './replay-series.ts';
import {
  anomalyCount,
  anomalyWords,
  attributionWords,
  counted,
  courseWords,
  forecastWords,
  grouped,
  LONG_AGO_MS,
  lackWords,
  limitWords,
  spanWords,
  trainingWords,
} from './words.ts';

/** A page with more charts than these is slow to open; the rest is told in lines. */
const MOST_CHARTS = 60;
const MOST_DETAILS = 8;
const MOST_ROWS = 200;

/** One page that needs no network: what would have been said of each series, the most eventful first. */
export function replayPage(
  file: string,
  content: FileContent,
  replays: readonly SeriesReplay[],
  timeZone: string,
): string {
  const ordered = replays.toSorted((a, b) => b.anomalies.length - a.anomalies.length);
  const anomalies = replays.reduce((count, replay) => count + replay.anomalies.length, 0);
  const rest = ordered.slice(MOST_CHARTS);
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Replay of ${file}</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<h1>What Forewarn would have said of ${file}</h1>
<p class="soft">${counted(content.rows, 'row', 'rows')}, ${grouped(replays.length)} series, ${counted(anomalies, 'anomaly', 'anomalies')}; times in ${timeZone}. Each point was judged by what came before it only.</p>
${content.refused > 0 ? html`<p class="note">${grouped(content.refused)} cells or rows could not be read, such as ${content.refusals[0]}.</p>` : null}
<p class="legend"><span><i class="k-value"></i>value</span><span><i class="k-band"></i>usual band</span><span><i class="k-expected"></i>expected</span><span><i class="k-mark"></i>anomaly</span><span><i class="k-learning"></i>learning</span><span><i class="k-future"></i>forecast, 8 times in 10; by the hour for two days, then means of days</span></p>
${ordered.slice(0, MOST_CHARTS).map((replay) => seriesSection(replay, timeZone))}
${rest.length > 0 ? html`<h2>${grouped(rest.length)} more series</h2><ul>${rest.map((replay) => html`<li><code>${formatSeries(replay.labels)}</code>: ${anomalyCount(replay)}</li>`)}</ul>` : null}
</main>
</body>
</html>
`.toString();
}

function seriesSection(replay: SeriesReplay, timeZone: string): Html {
  const zone = createZoneFormat(timeZone, LONG_AGO_MS);
  const { forecast, anomalies } = replay;
  const times = forecast?.timeToLimit ?? [];
  const limits = times.map(({ limitValue }) => limitValue);
  const worst = anomalies.toSorted((a, b) => b.score - a.score).slice(0, MOST_DETAILS);
  const said = [
    trainingWords(replay, zone),
    forecastWords(forecast),
    ...times.map((time) => limitWords(time, zone, forecast?.abstain === null)),
    lackWords(replay),
  ];
  return html`<section>
<h2><code>${formatSeries(replay.labels)}</code></h2>
<p class="headline">${anomalyCount(replay)}</p>
<p class="soft">${spanWords(replay, zone)}</p>
<div class="wide">${overviewChart(replay, limits, timeZone)}</div>
<ul>${said.filter((words) => words !== null).map((words) => html`<li>${words}</li>`)}</ul>
${anomalies.length > 0 ? anomalyTable(replay, zone) : null}
${worst.length > 0 ? html`<h3>${worst.length < anomalies.length ? `The ${worst.length} strongest, closer` : 'Closer'}</h3>` : null}
<div class="details">${worst.map((anomaly) => detail(replay, anomaly, timeZone, zone))}</div>
</section>`;
}

function anomalyTable({ anomalies, lastMs }: SeriesReplay, zone: ZoneFormat): Html {
  const shown = anomalies.slice(-MOST_ROWS).toReversed();
  const rows = shown.map(
    (
      anomaly,
    ) => html`<tr><td class="time">${zone.moment(anomaly.startedAtMs)}</td><td>${anomaly.type.replaceAll('_', ' ')}</td><td>${anomalyWords(anomaly)}<br><span class="soft">${courseWords(anomaly, zone)}</span></td></tr>
`,
  );
  const more =
    shown.length < anomalies.length
      ? html`<p class="soft">The newest ${shown.length} of ${anomalies.length}, up to ${zone.moment(lastMs)}.</p>`
      : null;
  return html`<div class="scroll"><table><thead><tr><th>Began</th><th>Kind</th><th>What was said</th></tr></thead><tbody>
${rows}</tbody></table></div>${more}`;
}

function detail(replay: SeriesReplay, anomaly: ReplayedAnomaly, timeZone: string, zone: ZoneFormat): Html {
  const due = attributionWords(anomaly);
  return html`<figure>${detailChart(replay, anomaly, timeZone)}
<figcaption><b>${zone.moment(anomaly.startedAtMs)}</b> ${anomalyWords(anomaly)}${due === null ? null : html`<br><span class="soft">due to: ${due}</span>`}</figcaption></figure>`;
}
