import { type Html, type HtmlValue, html } from './html.ts';
import type { IssueWords, PredictedWords, TrendWords, Urgency } from './row-words.ts';
import type { DigestWords } from './words.ts';

const FONT = "font-family:-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif;";
const BODY = `${FONT}font-size:14px;line-height:1.45;color:#1f2933;`;
const SMALL = `${FONT}font-size:12px;line-height:1.4;color:#52606d;`;
const HEADING = `${FONT}font-size:16px;line-height:1.3;color:#102a43;margin:28px 0 8px;font-weight:bold;`;
const HEAD_CELL = `${SMALL}text-align:left;font-weight:bold;padding:4px 8px 4px 0;border-bottom:1px solid #cbd2d9;vertical-align:bottom;`;
const CELL = `${BODY}font-size:13px;padding:2px 8px 2px 0;vertical-align:top;`;
const MONO = "font-family:Menlo,Consolas,'DejaVu Sans Mono',monospace;font-size:11px;word-break:break-all;";
const TABLE = 'width:100%;border-collapse:collapse;';

const BADGE_COLOURS: Readonly<Record<Urgency | IssueWords['severity'], string>> = {
  now: '#b42318',
  week: '#93370d',
  later: '#245b8f',
  critical: '#b42318',
  warning: '#93370d',
  info: '#245b8f',
};

/** Most mail programs honour this; where it is ignored the inline colours stay readable by themselves. */
const STYLE = html`
:root{color-scheme:light dark;supported-color-schemes:light dark}
@media (prefers-color-scheme:dark){
.page{background:#10151b!important}.card{background:#1a2129!important;border-color:#323f4b!important}
.ink,.ink td,.ink p,.ink li{color:#e4e7eb!important}.ink .soft{color:#a5b1bd!important}.ink .head{color:#f5f7fa!important}
.line{border-color:#3e4c59!important}.ink .callout{background:#243240!important}
}
@media (max-width:520px){
.wide th{display:none!important}.wide td{display:block!important;width:auto!important;border:0!important}
.wide .label{display:inline!important;max-height:none!important;font-size:12px!important}
.card{padding:16px!important}
}`;

/** The digest as one HTML document: a single column, styled inline, nothing loaded from elsewhere. */
export function renderHtml(words: DigestWords, chartCid: string | null): string {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${words.title}</title>
<style>${STYLE}</style>
</head>
<body class="page" style="margin:0;padding:0;background:#eef1f4;">
<div style="display:none;max-height:0;overflow:hidden;">${words.headline}</div>
<table role="presentation" class="page" style="${TABLE}background:#eef1f4;"><tr><td align="center" style="padding:16px 8px;">
<table role="presentation" style="width:100%;max-width:600px;border-collapse:separate;"><tr><td class="card ink" style="${BODY}background:#ffffff;border:1px solid #d9dfe5;border-radius:8px;padding:24px;text-align:left;">
<p class="soft" style="${SMALL}margin:0;">${words.title} · ${words.period}</p>
<p class="callout head" style="${FONT}font-size:18px;line-height:1.35;font-weight:bold;color:#102a43;background:#e8f1f8;border-radius:6px;padding:12px 14px;margin:12px 0 0;">${words.headline}</p>
${section('Last report, settled', words.settled.map(paragraph))}
${section('What will run out', predictedSection(words))}
${chartSection(words, chartCid)}
${section('New anomalies', issuesSection(words))}
${section('Capacity trend, next 30 days', trendSection(words))}
${section('Blind spots', html`<ul style="margin:0;padding:0 0 0 18px;">${words.blindSpots.map(item)}</ul>`)}
${footer(words)}
</td></tr></table>
</td></tr></table>
</body>
</html>
`.toString();
}

function section(title: string, content: HtmlValue): Html {
  return html`<h2 class="head" style="${HEADING}">${title}</h2>
${content}`;
}

function paragraph(text: string): Html {
  return html`<p style="${BODY}margin:0 0 4px;">${text}</p>
`;
}

function note(text: string | null): Html | null {
  return text === null ? null : html`<p class="soft" style="${SMALL}margin:6px 0 0;">${text}</p>`;
}

function item(text: string): Html {
  return html`<li style="${BODY}font-size:13px;margin:0 0 4px;word-break:break-word;">${text}</li>
`;
}

function badge(kind: Urgency | IssueWords['severity'], word: string): Html {
  return html`<span style="${FONT}font-size:11px;font-weight:bold;color:#ffffff;background:${BADGE_COLOURS[kind]};border-radius:3px;padding:2px 6px;white-space:nowrap;">${word}</span>`;
}

function predictedSection(words: DigestWords): HtmlValue {
  const crossed =
    words.crossed.length > 0 &&
    html`<p style="${BODY}margin:0 0 4px;font-weight:bold;">Beyond the limit already</p><ul style="margin:0 0 12px;padding:0 0 0 18px;">${words.crossed.map(item)}</ul>`;
  if (words.predicted.length === 0) return [crossed || null, paragraph('No open prediction.')];
  return [
    crossed || null,
    html`<table class="wide" style="${TABLE}">
<tr>${['Now and limit', 'Likely date', 'Chance', 'Act by'].map((name) => html`<th class="soft line" style="${HEAD_CELL}">${name}</th>`)}</tr>
${words.predicted.map(predictedRow)}</table>`,
    note(words.predictedMore),
  ];
}

/** Shown only on narrow screens, where the cells stand below each other and the head row is hidden. */
function label(name: string): Html {
  return html`<span class="label soft" style="display:none;max-height:0;font-size:0;">${name}: </span>`;
}

function predictedRow(row: PredictedWords): Html {
  return html`<tr><td colspan="4" style="${CELL}padding-top:12px;"><strong>${row.name}</strong> ${badge(row.urgency, row.urgencyWord)}<br><span class="soft" style="${MONO}color:#52606d;">${row.series}</span></td></tr>
<tr>
<td style="${CELL}width:24%;">${label('Now and limit')}${row.now}<br><span class="soft" style="${SMALL}">limit ${row.limit}</span></td>
<td style="${CELL}width:30%;">${label('Likely date')}${row.likely}<br><span class="soft" style="${SMALL}">${row.range}</span></td>
<td style="${CELL}width:22%;">${label('Chance')}${row.chance}<br><span class="soft" style="${SMALL}">${row.chanceSoon}</span></td>
<td style="${CELL}width:24%;padding-right:0;">${label('Act by')}${row.actBy}</td>
</tr>
<tr><td colspan="4" class="line" style="${CELL}padding-bottom:12px;border-bottom:1px solid #e4e7eb;"><span class="soft" style="color:#52606d;">What to do:</span> ${row.action}${row.frees === null ? null : html`<br><span class="soft" style="color:#52606d;">What frees it:</span> ${row.frees}`}</td></tr>
`;
}

function chartSection({ chart }: DigestWords, chartCid: string | null): Html | null {
  if (chart === null || chartCid === null) return null;
  return html`<p style="${BODY}margin:20px 0 6px;font-weight:bold;">${chart.title}</p>
<img src="cid:${chartCid}" width="550" alt="${chart.alt}" style="display:block;width:100%;max-width:550px;height:auto;border-radius:6px;">
${note(chart.caption)}`;
}

function issuesSection(words: DigestWords): HtmlValue {
  return [paragraph(words.issuesSummary), words.issues.map(issueRow), note(words.issuesMore)];
}

function issueRow(issue: IssueWords): Html {
  return html`<div class="line" style="border-top:1px solid #e4e7eb;padding:10px 0;margin-top:8px;">
<p style="${BODY}margin:0;"><strong>${issue.title}</strong> ${badge(issue.severity, issue.severity)}</p>
<p class="soft" style="${SMALL}margin:2px 0 0;">${issue.facts}</p>
${issue.reason === null ? null : html`<p style="${BODY}font-size:13px;margin:4px 0 0;word-break:break-word;">${issue.reason}</p>`}
<p style="${BODY}font-size:13px;margin:4px 0 0;">${issue.suspect}</p>
</div>
`;
}

function trendSection(words: DigestWords): HtmlValue {
  if (words.trend.length === 0) return paragraph('No further forecast moves towards a limit.');
  return [
    html`<table class="wide" style="${TABLE}">
<tr>${['Now', 'In 30 days', 'Reaches limit'].map((name) => html`<th class="soft line" style="${HEAD_CELL}">${name}</th>`)}</tr>
${words.trend.map(trendRow)}</table>`,
    note(words.trendMore),
  ];
}

function trendRow(row: TrendWords): Html {
  return html`<tr><td colspan="3" style="${CELL}padding-top:10px;"><strong>${row.name}</strong> <span class="soft" style="color:#245b8f;letter-spacing:1px;white-space:nowrap;">${row.spark}</span></td></tr>
<tr>
<td class="line" style="${CELL}width:34%;padding-bottom:10px;border-bottom:1px solid #e4e7eb;">${label('Now')}${row.now}</td>
<td class="line" style="${CELL}width:40%;padding-bottom:10px;border-bottom:1px solid #e4e7eb;">${label('In 30 days')}${row.ahead}<br><span class="soft" style="${SMALL}">${row.headroom}</span></td>
<td class="line" style="${CELL}width:26%;padding:2px 0 10px;border-bottom:1px solid #e4e7eb;">${label('Reaches limit')}${row.crossing}</td>
</tr>
`;
}

function footer(words: DigestWords): Html {
  return html`<table class="line" style="${TABLE}margin-top:28px;border-top:1px solid #cbd2d9;">
${words.footer.map(
  ([name, text]) =>
    html`<tr><td class="soft" style="${SMALL}padding:6px 12px 0 0;vertical-align:top;white-space:nowrap;">${name}</td><td class="soft" style="${SMALL}padding:6px 0 0;word-break:break-word;">${text}</td></tr>
`,
)}</table>`;
}
