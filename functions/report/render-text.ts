import { plainLine } from './html.ts';
import type { IssueWords, PredictedWords, TrendWords } from './row-words.ts';
import type { DigestWords } from './words.ts';

/** The whole digest as plain text: everything that the HTML part says, the picture in words. */
export function renderText(words: DigestWords): string {
  const lines = [
    words.title.toUpperCase(),
    words.period,
    '',
    words.headline,
    ...section('Last report, settled', words.settled),
    ...section('What will run out', predictedSection(words)),
    ...section('New anomalies', [words.issuesSummary, ...words.issues.flatMap(issueLines), ...more(words.issuesMore)]),
    ...section('Capacity trend, next 30 days', trendSection(words)),
    ...section(
      'Blind spots',
      words.blindSpots.map((line) => `- ${line}`),
    ),
    '',
    '-'.repeat(60),
    ...words.footer.map(([name, text]) => `${name}: ${text}`),
  ];
  // Line by line, so that no label can begin a line of its own.
  return `${lines.map(plainLine).join('\n')}\n`;
}

function section(title: string, lines: readonly string[]): string[] {
  return ['', title.toUpperCase(), ...lines];
}

function more(text: string | null): string[] {
  return text === null ? [] : [text];
}

function predictedSection(words: DigestWords): string[] {
  const crossed =
    words.crossed.length === 0 ? [] : ['Beyond the limit already:', ...words.crossed.map((line) => `- ${line}`)];
  const predicted = words.predicted.length === 0 ? ['No open prediction.'] : words.predicted.flatMap(predictedLines);
  return [...crossed, ...predicted, ...more(words.predictedMore), ...more(words.chart?.alt ?? null)];
}

function predictedLines(row: PredictedWords, i: number): string[] {
  const frees = row.frees === null ? [] : [`   Frees:  ${row.frees}`];
  return [
    `${i + 1}. ${row.name} [${row.urgencyWord}]`,
    `   ${row.series}`,
    `   Now:    ${row.now}, limit ${row.limit}`,
    `   Likely: ${row.likely} (${row.range})`,
    `   Chance: ${row.chance}; ${row.chanceSoon}`,
    `   Act by: ${row.actBy}`,
    `   To do:  ${row.action}`,
    ...frees,
  ];
}

function issueLines(issue: IssueWords): string[] {
  const reason = issue.reason === null ? [] : [`  ${issue.reason}`];
  return [`- ${issue.title}`, `  ${issue.facts}`, ...reason, `  ${issue.suspect}`];
}

function trendSection(words: DigestWords): string[] {
  if (words.trend.length === 0) return ['No further forecast moves towards a limit.'];
  return [...words.trend.flatMap(trendLines), ...more(words.trendMore)];
}

function trendLines(row: TrendWords): string[] {
  return [
    `- ${row.name}  ${row.spark}`,
    `  Now ${row.now}`,
    `  In 30 days ${row.ahead}, ${row.headroom}`,
    `  Reaches the limit: ${row.crossing}`,
  ];
}
