import { compress } from 'snappyjs';

/** Field numbers of prometheus.WriteRequest and of what it holds, with their wire types. */
const TAG = { series: 0x0a, label: 0x0a, sample: 0x12, name: 0x0a, text: 0x12, value: 0x09, timestamp: 0x10 } as const;

/** A remote write request as Prometheus sends it: so many series of seven labels, each with one sample. */
export function warmUpRequest(series: number, nowMs: number): Uint8Array {
  const fields: string[] = [];
  for (let i = 0; i < series; i++) {
    const labels = labelsOf(i).map(([name, value]) => field(TAG.label, field(TAG.name, name) + field(TAG.text, value)));
    fields.push(field(TAG.series, labels.join('') + field(TAG.sample, sample(i * 1.25, nowMs))));
  }
  return compress(new Uint8Array(Buffer.from(fields.join(''), 'latin1')));
}

/** One series in three is a counter by its name. */
function labelsOf(i: number): readonly (readonly [name: string, value: string])[] {
  return [
    ['__name__', i % 3 === 0 ? `warm_up_${i % 40}_total` : `warm_up_${i % 40}`],
    ['cluster', 'warm-up'],
    ['instance', `10.0.0.${i}:9100`],
    ['job', 'warm-up'],
    ['namespace', `space-${i % 7}`],
    ['pod', `pod-7d4f9c-${(i * 7919).toString(36)}`],
    ['service', `service-${i % 25}`],
  ];
}

/** A field of a protobuf message as a text with a character for each byte. */
function field(tag: number, bytes: string): string {
  return String.fromCharCode(tag) + varint(bytes.length) + bytes;
}

function sample(value: number, timestampMs: number): string {
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleLE(value);
  return (
    String.fromCharCode(TAG.value) + bytes.toString('latin1') + String.fromCharCode(TAG.timestamp) + varint(timestampMs)
  );
}

function varint(value: number): string {
  let bytes = '';
  let rest = value;
  for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) bytes += String.fromCharCode((rest % 0x80) | 0x80);
  return bytes + String.fromCharCode(rest);
}
