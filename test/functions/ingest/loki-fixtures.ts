import protobuf from 'protobufjs';
import { compress } from 'snappyjs';
import { NOW_MS } from './write-request.ts';

/** The protocol's own definition, so that an independent codec makes the requests. */
const { root } = protobuf.parse(`
syntax = "proto3";
package logproto;
message PushRequest { repeated StreamAdapter streams = 1; }
message StreamAdapter { string labels = 1; repeated EntryAdapter entries = 2; uint64 hash = 3; }
message EntryAdapter { Timestamp timestamp = 1; string line = 2; repeated LabelPairAdapter structuredMetadata = 3; }
message LabelPairAdapter { string name = 1; string value = 2; }
message Timestamp { int64 seconds = 1; int32 nanos = 2; }
`);
const PushRequest = root.lookupType('logproto.PushRequest');

export interface PushedEntry {
  readonly atMs?: number;
  /** Added to the time. */
  readonly nanos?: number;
  readonly line: string;
  readonly metadata?: Readonly<Record<string, string>>;
}

export interface PushedStream {
  readonly labels: string;
  readonly entries: readonly PushedEntry[];
}

export function pushMessage(streams: readonly PushedStream[]): Uint8Array {
  return PushRequest.encode({
    streams: streams.map(({ labels, entries }) => ({
      labels,
      entries: entries.map(({ atMs = NOW_MS, nanos = 0, line, metadata = {} }) => ({
        timestamp: { seconds: Math.floor(atMs / 1_000), nanos: (atMs % 1_000) * 1_000_000 + nanos },
        line,
        structuredMetadata: Object.entries(metadata).map(([name, value]) => ({ name, value })),
      })),
    })),
  }).finish();
}

export function packed(bytes: Uint8Array): Buffer {
  return Buffer.from(compress(new Uint8Array(bytes)));
}

export function nanoseconds(atMs: number, nanos = 0): string {
  return `${atMs}${String(nanos).padStart(6, '0')}`;
}

/** As promtail sends the files of a Kubernetes node: sorted labels in Go's quotes, and the hash that it has made of them. */
export const PROMTAIL_PUSH: readonly PushedStream[] = [
  {
    labels:
      '{app="checkout", filename="/var/log/pods/shop_checkout-7d4f9c-x2k/checkout/0.log", job="shop/checkout", namespace="shop", node_name="node-3", pod="checkout-7d4f9c-x2k", stream="stderr"}',
    entries: [
      { atMs: NOW_MS - 2_000, nanos: 113_201, line: 'level=info msg="order placed" order=81231 took=41ms' },
      { atMs: NOW_MS - 1_500, nanos: 9, line: 'level=error msg="payment refused" order=81232 code=51' },
      { atMs: NOW_MS - 1_500, nanos: 10, line: 'level=error msg="payment refused" order=81232 code=51' },
    ],
  },
  {
    labels: '{job="systemd-journal", unit="kubelet.service", message="said \\"no\\"\\n\\u00fc"}',
    entries: [{ atMs: NOW_MS - 900, line: 'E1121 09:59:59.100000 1 pod_workers.go:1298] "Error syncing pod"' }],
  },
];
