import { BackfillError } from './backfill-error.ts';
import { type Portion, SAMPLES_PER_REQUEST, type Source } from './portion.ts';
import type { PrometheusApi, PrometheusSeries } from './prometheus-api.ts';

export interface PrometheusSourceOptions {
  readonly api: PrometheusApi;
  readonly matches: readonly string[];
  readonly fromMs: number;
  readonly toMs: number;
  readonly stepMs: number;
}

interface Item {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly type?: 'gauge' | 'counter';
  readonly samples: readonly (readonly [timestampMs: number, value: number])[];
}

/** Nobody knows how many series there are: a window begins small and grows until an answer has about so many samples. */
const FIRST_POINTS = 20;
const AIMED_SAMPLES = 200_000;
const MAX_GROWTH = 4;
/** Prometheus gives at most 11,000 for a series, and a request holds no more of one. */
const MAX_POINTS = SAMPLES_PER_REQUEST;

/** The past of a Prometheus, window by window: all series of one before the next. A position is where a window begins. */
export function createPrometheusSource(options: PrometheusSourceOptions): Source {
  const { api, matches, fromMs, toMs, stepMs } = options;
  let skipped = 0;
  let points = FIRST_POINTS;

  /** As many points as the server will answer at once. */
  async function readWindow(startMs: number): Promise<{ readonly series: PrometheusSeries[]; readonly endMs: number }> {
    for (;;) {
      const endMs = Math.min(startMs + (points - 1) * stepMs, startMs + Math.floor((toMs - startMs) / stepMs) * stepMs);
      const series = await readAll(startMs, endMs);
      if (series !== undefined) return { series, endMs };
      if (points === 1) throw new BackfillError('the server refuses even one point of all series: match fewer of them');
      points = Math.ceil(points / MAX_GROWTH);
    }
  }

  async function readAll(startMs: number, endMs: number): Promise<PrometheusSeries[] | undefined> {
    const found: PrometheusSeries[] = [];
    for (const query of matches) {
      const series = await api.queryRange({ query, startMs, endMs, stepMs });
      if (series === undefined) return undefined;
      for (const one of series) found.push(one);
    }
    return found;
  }

  function adapt(samples: number): void {
    const wanted = samples === 0 ? points * MAX_GROWTH : Math.floor((points * AIMED_SAMPLES) / samples);
    points = Math.max(1, Math.min(wanted, points * MAX_GROWTH, MAX_POINTS));
  }

  return {
    skipped: () => skipped,
    async *portions(position) {
      const types = await api.types();
      for (let startMs = Math.max(position, fromMs); startMs <= toMs; ) {
        const { series, endMs } = await readWindow(startMs);
        const items = series.map((one) => toItem(one, types));
        const samples = items.reduce((sum, item) => sum + item.samples.length, 0);
        skipped += series.reduce((sum, { values }) => sum + values.length, 0) - samples;
        startMs = endMs + stepMs;
        const ratio = Math.min(1, (startMs - fromMs) / Math.max(1, toMs - fromMs));
        yield* split(items, ratio, startMs);
        adapt(samples);
      }
    },
  };
}

/** Requests of a window; only with the last one is it done. */
function* split(items: readonly Item[], ratio: number, position: number): Generator<Portion> {
  const groups: Item[][] = [[]];
  let samples = 0;
  for (const item of items) {
    if (item.samples.length === 0) continue;
    if (samples + item.samples.length > SAMPLES_PER_REQUEST) {
      groups.push([]);
      samples = 0;
    }
    groups.at(-1)?.push(item);
    samples += item.samples.length;
  }
  for (const [i, group] of groups.entries()) {
    yield {
      mediaType: 'application/json',
      body: Buffer.from(JSON.stringify({ metrics: group })),
      samples: group.reduce((sum, item) => sum + item.samples.length, 0),
      ratio,
      ...(i === groups.length - 1 && { position }),
    };
  }
}

function toItem({ metric, values }: PrometheusSeries, types: ReadonlyMap<string, string>): Item {
  const { __name__: name = '', ...labels } = metric;
  const type = typeOf(name, types);
  const samples = values
    .map(([seconds, value]) => [Math.round(seconds * 1_000), Number(value)] as const)
    .filter(([, value]) => Number.isFinite(value));
  return { name, labels, ...(type && { type }), samples };
}

/** Parts of histograms and summaries are counters, apart from the quantiles. Undefined: the name decides. */
function typeOf(name: string, types: ReadonlyMap<string, string>): 'gauge' | 'counter' | undefined {
  const type = types.get(name) ?? types.get(name.replace(/_total$/, ''));
  if (type === 'counter' || type === 'gauge') return type;
  const whole = types.get(name.replace(/_(bucket|count|sum)$/, ''));
  return name !== '' && (whole === 'histogram' || whole === 'summary') && /_(bucket|count|sum)$/.test(name)
    ? 'counter'
    : undefined;
}
