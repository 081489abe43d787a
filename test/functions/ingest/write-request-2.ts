import protobuf from 'protobufjs';
import { NOW_MS, type Pairs, snappy, type WireSample } from './write-request.ts';

/** The protocol's own definition, so that an independent codec makes the requests. */
const { root } = protobuf.parse(`
syntax = "proto3";
package io.prometheus.write.v2;
message Request { repeated string symbols = 4; repeated TimeSeries timeseries = 5; }
message TimeSeries {
  repeated uint32 labels_refs = 1; repeated Sample samples = 2; repeated Histogram histograms = 3;
  repeated Exemplar exemplars = 4; Metadata metadata = 5; int64 created_timestamp = 6;
}
message Exemplar { repeated uint32 labels_refs = 1; double value = 2; int64 timestamp = 3; }
message Sample { double value = 1; int64 timestamp = 2; int64 start_timestamp = 3; }
message Metadata { int32 type = 1; uint32 help_ref = 3; uint32 unit_ref = 4; }
message Histogram {
  oneof count { uint64 count_int = 1; double count_float = 2; }
  double sum = 3; sint32 schema = 4; double zero_threshold = 5;
  oneof zero_count { uint64 zero_count_int = 6; double zero_count_float = 7; }
  repeated BucketSpan negative_spans = 8; repeated sint64 negative_deltas = 9; repeated double negative_counts = 10;
  repeated BucketSpan positive_spans = 11; repeated sint64 positive_deltas = 12; repeated double positive_counts = 13;
  int32 reset_hint = 14; int64 timestamp = 15; repeated double custom_values = 16;
}
message BucketSpan { sint32 offset = 1; uint32 length = 2; }
`);
const Request = root.lookupType('io.prometheus.write.v2.Request');

export interface WireHistogram {
  readonly countInt?: number;
  readonly countFloat?: number;
  readonly sum?: number;
  readonly schema?: number;
  readonly zeroThreshold?: number;
  readonly zeroCountInt?: number;
  readonly zeroCountFloat?: number;
  readonly negativeSpans?: readonly { readonly offset?: number; readonly length: number }[];
  readonly negativeDeltas?: readonly number[];
  readonly positiveSpans?: readonly { readonly offset?: number; readonly length: number }[];
  readonly positiveDeltas?: readonly number[];
  readonly positiveCounts?: readonly number[];
  readonly customValues?: readonly number[];
  readonly resetHint?: number;
  readonly timestamp?: number;
}

export interface WireSeries2 {
  readonly labels?: Pairs;
  /** Instead of labels, where they are to be wrong. */
  readonly labelsRefs?: readonly number[];
  readonly samples?: readonly WireSample[];
  readonly histograms?: readonly WireHistogram[];
  readonly exemplars?: readonly object[];
  readonly metadata?: { readonly type?: number; readonly helpRef?: number; readonly unitRef?: number };
  readonly createdTimestamp?: number;
}

/** Types of metrics on the wire. */
export const TYPE = { counter: 1, gauge: 2, histogram: 3, gaugeHistogram: 4, summary: 5, info: 6, stateSet: 7 };

/** A message with a table of the texts that its series use, and those given. */
export function request2(timeseries: readonly WireSeries2[], symbols: readonly string[] = ['']): Uint8Array {
  const table = [...symbols];
  const places = new Map(symbols.map((symbol, place) => [symbol, place]));
  const ref = (text: string): number => {
    const known = places.get(text);
    if (known !== undefined) return known;
    places.set(text, table.length);
    return table.push(text) - 1;
  };
  const encoded = timeseries.map(({ labels = [], labelsRefs, ...rest }) => ({
    labelsRefs: labelsRefs ?? labels.flatMap(([name, value]) => [ref(name), ref(value)]),
    ...rest,
  }));
  return Request.encode({ symbols: table, timeseries: encoded }).finish();
}

export function body2(...timeseries: readonly WireSeries2[]): Uint8Array {
  return snappy(request2(timeseries));
}

export const UP: Pairs = [
  ['__name__', 'up'],
  ['job', 'a'],
];

/** A series with one sample, unless told otherwise. */
export function series2(labels: Pairs, rest: Omit<WireSeries2, 'labels'> = {}): WireSeries2 {
  const filled = rest.samples ?? rest.histograms;
  return { labels, ...(filled === undefined && { samples: [{ timestamp: NOW_MS, value: 1 }] }), ...rest };
}

/** Six values: one around zero, two up to 1 and three up to 2. */
export const HISTOGRAM: WireHistogram = {
  countInt: 6,
  sum: 7.5,
  schema: 0,
  zeroThreshold: 0.001,
  zeroCountInt: 1,
  positiveSpans: [{ offset: 0, length: 2 }],
  positiveDeltas: [2, 1],
  timestamp: NOW_MS,
};
