import { FIVE_MINUTES_MS } from '../../models/domain/rollup.ts';
import { createRandom } from '../../models/numeric/random.ts';
import { companySeries } from './company.ts';
import { asReported } from './precision.ts';
import { instantAt } from './shapes.ts';

/** One item of `POST /v1/ingest/metrics`. */
export interface SampleMetric {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly samples: readonly (readonly [timestampMs: number, value: number])[];
}

/**
 * The samples of the whole company in five-minute steps, block by block in order of time, so that a block is one request.
 *
 * The same seed and times give the same samples for ever. Samples end before endMs.
 */
export function* sampleMetrics(options: {
  readonly startMs: number;
  readonly endMs: number;
  readonly blockMs: number;
  readonly seed: number;
}): Generator<{ readonly items: SampleMetric[]; readonly toMs: number }> {
  const { startMs, endMs, blockMs, seed } = options;
  const series = companySeries().map((one, i) => ({ ...one, random: createRandom(seed * 1_000 + i) }));
  for (let fromMs = startMs; fromMs < endMs; fromMs += blockMs) {
    const toMs = Math.min(fromMs + blockMs, endMs);
    const items = series.map(({ name, labels, shape, random }) => {
      const samples: [number, number][] = [];
      for (let timestampMs = fromMs; timestampMs < toMs; timestampMs += FIVE_MINUTES_MS) {
        const value = shape(instantAt(timestampMs, endMs), random);
        if (!Number.isNaN(value)) samples.push([timestampMs, asReported(name, value)]);
      }
      return { name, labels, samples };
    });
    yield { items: items.filter((item) => item.samples.length > 0), toMs };
  }
}
