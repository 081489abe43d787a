import * as z from 'zod';
import { createZoneFormat, formatChance } from '../functions/report/format.ts';
import { rangeWords } from '../functions/report/row-words.ts';
import { formatQuantity } from '../models/domain/quantity.ts';

const prediction = z.object({
  metric: z.string(),
  labels: z.record(z.string(), z.string()),
  claim: z.object({ title: z.string(), value: z.number(), unit: z.string(), action: z.string() }),
  window: z.object({ p10: z.string(), p50: z.string(), p90: z.string().nullable() }),
  probability: z.number(),
  act_by: z.string(),
  current_value: z.number(),
});

type OpenPrediction = z.infer<typeof prediction>;

const predictionPage = z.object({ items: z.array(prediction), next_cursor: z.string().nullish() });

const MAX_PAGES = 10;

/** The open predictions of a workspace, asked of the API like anybody would, most urgent first. */
export async function readOpenPredictions(baseUrl: string, readKey: string): Promise<readonly OpenPrediction[]> {
  const items: OpenPrediction[] = [];
  let cursor: string | null | undefined;
  for (let page = 0; page < MAX_PAGES; page++) {
    const query = new URLSearchParams({ status: 'open', limit: '1000', ...(cursor && { cursor }) });
    const response = await fetch(`${baseUrl}/v1/predictions?${query.toString()}`, {
      headers: { authorization: `Bearer ${readKey}` },
    });
    if (!response.ok) throw new Error(`predictions were answered ${response.status}: ${await response.text()}`);
    const answer = predictionPage.parse(await response.json());
    items.push(...answer.items);
    cursor = answer.next_cursor;
    if (cursor == null) break;
  }
  return items.sort((a, b) => a.act_by.localeCompare(b.act_by));
}

/** A predicted issue in a few lines of plain text. */
export function describePrediction(open: OpenPrediction, timeZone: string, nowMs: number): string[] {
  const zone = createZoneFormat(timeZone, nowMs);
  const { claim, window, labels } = open;
  const where = Object.entries(labels)
    .filter(([name]) => name !== 'service')
    .map(([, value]) => value)
    .join(' ');
  const p90Ms = window.p90 === null ? null : Date.parse(window.p90);
  const range = rangeWords(Date.parse(window.p10), p90Ms, zone);
  return [
    `${claim.title}: ${open.metric} ${where}`,
    `   now ${formatQuantity(open.current_value, claim.unit)}, limit ${formatQuantity(claim.value, claim.unit)}`,
    `   likely ${zone.aboutWhen(Date.parse(window.p50))} (${range}), ${formatChance(open.probability)}`,
    `   act by ${zone.aboutWhen(Date.parse(open.act_by))}: ${claim.action}`,
  ];
}

/** The block to paste into prometheus.yml. */
export function remoteWriteBlock(baseUrl: string, ingestKey: string): string {
  return [
    'remote_write:',
    `  - url: ${baseUrl}/api/v1/write`,
    '    authorization:',
    `      credentials: ${ingestKey}`,
    '    queue_config:',
    '      retry_on_http_429: true',
  ].join('\n');
}
