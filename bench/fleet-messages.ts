import type { Objects } from '../data/contracts.ts';
import type { SeriesHead } from '../data/segments/batch.ts';
import { formatSegmentMessage } from '../data/segments/message.ts';
import { createSegmentEncoder } from '../data/segments/segment.ts';
import { createSeriesHead } from '../data/segments/series-head.ts';
import { seriesIdOf } from '../data/segments/series-id.ts';
import type { GroupMessage } from '../functions/detect/handle-group.ts';
import { createRandom } from '../models/numeric/random.ts';

export const FLEET_SHARDS = 4;
const SAMPLES_PER_SEGMENT = 2_000;
const STEP_MS = 15_000;
const FIRST_TICK_MS = Date.UTC(2026, 0, 5);
const SEED = 7;

/** What ingest would queue of a fleet whose series each have a sample in every tick. */
export interface FleetMessages {
  /** Stores the segments of a tick; their messages wait. */
  addTick(tick: number): Promise<void>;
  /** All that waits, in batches of at most so many messages of one group, the groups in turn. */
  takeBatches(atOnce: number): readonly (readonly [group: string, messages: readonly GroupMessage[]])[];
}

export function createFleetMessages(objects: Objects, series: number, fleet = 'fleet'): FleetMessages {
  const workspace = `bench${fleet}`.padEnd(12, 'x').slice(0, 12);
  const heads = Array.from({ length: series }, (_, index) => headOf(workspace, index));
  const random = createRandom(SEED);
  const values = Float64Array.from(heads, () => Math.round(1_000 * random.uniform()));
  const encode = createSegmentEncoder();
  const waiting = Array.from({ length: FLEET_SHARDS }, (): GroupMessage[] => []);
  let sent = 0;

  async function addSegment(from: number, tick: number): Promise<void> {
    const own = heads.slice(from, from + SAMPLES_PER_SEGMENT);
    for (let index = from; index < from + own.length; index++) {
      values[index] = nextValue(isCounter(index), values[index]!, random.uniform());
    }
    const columns = {
      heads: own,
      sampleStarts: Uint32Array.from({ length: own.length + 1 }, (_, i) => i),
      timestampsMs: new Float64Array(own.length).fill(FIRST_TICK_MS + tick * STEP_MS),
      values: values.slice(from, from + own.length),
      stale: new Uint8Array(own.length),
    };
    const segment = encode(workspace, FLEET_SHARDS, { series: columns, logs: [] });
    await objects.put(segment.key, segment.bytes);
    for (const part of segment.parts) {
      const { body } = formatSegmentMessage(workspace, segment, part);
      waiting[part.shard]!.push({ messageId: String(sent++), body, receiveCount: 1 });
    }
  }

  return {
    async addTick(tick) {
      for (let from = 0; from < series; from += SAMPLES_PER_SEGMENT) await addSegment(from, tick);
    },
    takeBatches(atOnce) {
      const batches: [string, readonly GroupMessage[]][] = [];
      while (waiting.some(({ length }) => length > 0)) {
        for (const [shard, messages] of waiting.entries()) {
          if (messages.length > 0) batches.push([`${workspace}.${shard}`, messages.splice(0, atOnce)]);
        }
      }
      return batches;
    },
  };
}

/** Two of three are gauges that wander, the third a counter. */
function isCounter(index: number): boolean {
  return index % 3 === 0;
}

function nextValue(counts: boolean, value: number, chance: number): number {
  if (counts) return value + Math.floor(chance * 50);
  return Math.round(value * (0.97 + 0.06 * chance) * 100) / 100 + 0.01;
}

function headOf(workspace: string, index: number): SeriesHead {
  const pod = Math.floor(index / 40);
  const name = isCounter(index) ? `http_requests_${index % 40}_total` : `resource_usage_${index % 40}`;
  const labels = [
    ['__name__', name],
    ['instance', `10.0.${(pod >> 8) & 255}.${pod & 255}:9100`],
    ['job', 'kubernetes-pods'],
    ['pod', `checkout-7d4f9c-${(pod * 7919).toString(36)}`],
  ] as const;
  return createSeriesHead(seriesIdOf(workspace, labels), labels, isCounter(index) ? 'counter' : 'gauge');
}
