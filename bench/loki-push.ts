import protobuf from 'protobufjs';
import { compress } from 'snappyjs';

const PushRequest = protobuf
  .parse(`
syntax = "proto3";
message Timestamp { int64 seconds = 1; int32 nanos = 2; }
message Entry { Timestamp timestamp = 1; string line = 2; }
message Stream { string labels = 1; repeated Entry entries = 2; }
message PushRequest { repeated Stream streams = 1; }
`)
  .root.lookupType('PushRequest');

const STREAMS = 20;

/** What promtail sends of the pods of a node: 20 streams of 7 labels, lines of about 110 bytes, their times ascending. */
export function lokiPushBody(entryCount: number, nowMs: number): Uint8Array {
  const streams = Array.from({ length: STREAMS }, (_, stream) => ({
    labels: `{app="checkout-${stream}", filename="/var/log/pods/shop_checkout-${stream}/0.log", job="shop/checkout", namespace="shop", node_name="node-3", pod="checkout-${stream}-x2k", stream="stderr"}`,
    entries: Array.from({ length: entryCount / STREAMS }, (__, i) => ({
      timestamp: { seconds: Math.floor(nowMs / 1_000) - 60, nanos: i * 1_000_003 },
      line: `ts=2026-11-21T09:59:00.${i}Z level=info caller=order.go:118 msg="order placed" order=${i * 7919} took=${i % 97}ms`,
    })),
  }));
  return compress(new Uint8Array(PushRequest.encode({ streams }).finish()));
}
