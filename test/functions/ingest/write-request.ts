import protobuf from 'protobufjs';
import { compress } from 'snappyjs';
import { DEFAULT_INGEST_LIMITS } from '../../../functions/ingest/limits.ts';
import { createSeriesIdentity } from '../../../functions/ingest/series-identity.ts';
import type { DecodeContext } from '../../../functions/ingest/validate.ts';

/** The protocol's own definition, so that an independent codec makes the requests. */
const { root } = protobuf.parse(`
syntax = "proto3";
package prometheus;
message WriteRequest { repeated TimeSeries timeseries = 1; repeated Metadata metadata = 3; }
message TimeSeries {
  repeated Label labels = 1; repeated Sample samples = 2; repeated Exemplar exemplars = 3; repeated Histogram histograms = 4;
}
message Label { string name = 1; string value = 2; }
message Sample { double value = 1; int64 timestamp = 2; }
message Exemplar { repeated Label labels = 1; double value = 2; int64 timestamp = 3; }
message Histogram {
  uint64 count_int = 1; double sum = 3; sint32 schema = 4; double zero_threshold = 5; uint64 zero_count_int = 6;
  repeated BucketSpan positive_spans = 11; repeated sint64 positive_deltas = 12; int64 timestamp = 15;
}
message BucketSpan { sint32 offset = 1; uint32 length = 2; }
message Metadata { int32 type = 1; string metric_family_name = 2; string help = 4; }
`);
const WriteRequest = root.lookupType('prometheus.WriteRequest');

export type Pairs = readonly (readonly [string, string])[];

export interface WireSample {
  readonly value: number;
  readonly timestamp: number | protobuf.Long;
}

export interface WireSeries {
  readonly labels: readonly { readonly name: string; readonly value: string }[];
  readonly samples?: readonly WireSample[];
  readonly exemplars?: readonly object[];
  readonly histograms?: readonly object[];
}

export const NOW_MS = Date.UTC(2026, 10, 21, 10);

export function series(pairs: Pairs, samples: readonly (readonly [number, number])[] = [[NOW_MS, 1]]): WireSeries {
  return {
    labels: pairs.map(([name, value]) => ({ name, value })),
    samples: samples.map(([timestamp, value]) => ({ timestamp, value })),
  };
}

export function writeRequest(timeseries: readonly WireSeries[], metadata: readonly object[] = []): Uint8Array {
  return WriteRequest.encode({ timeseries, metadata }).finish();
}

export function snappy(bytes: Uint8Array): Uint8Array {
  return compress(new Uint8Array(bytes));
}

export function body(...timeseries: readonly WireSeries[]): Uint8Array {
  return snappy(writeRequest(timeseries));
}

export function decodeContext(): DecodeContext {
  return {
    workspace: 'abcdefghijkl',
    nowMs: NOW_MS,
    limits: DEFAULT_INGEST_LIMITS,
    identity: createSeriesIdentity(),
  };
}

/** The code of the ServiceError that is thrown; anything else thrown comes through. */
export function codeOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (error instanceof Error && error.name === 'ServiceError' && 'code' in error) return String(error.code);
    throw error;
  }
  return 'nothing thrown';
}
