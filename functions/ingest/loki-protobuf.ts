import { isUtf8 } from 'node:buffer';
import { keepLineBytes } from './log-line.ts';
import { LEVEL_NAMES } from './log-severity.ts';
import { parseLabelsText } from './loki-labels.ts';
import { LokiCollector, type LokiEntry, type LokiPush } from './loki-push.ts';
import { BYTES, FieldReader, VARINT } from './protobuf-fields.ts';
import { decompressSnappyBlock } from './snappy-block.ts';
import type { DecodeContext, Refusal } from './validate.ts';
import type { LabelPair } from './validate-labels.ts';

/** Field numbers of logproto.PushRequest and of what it holds. */
const REQUEST = { streams: 1 } as const;
const STREAM = { labels: 1, entries: 2 } as const;
const ENTRY = { timestamp: 1, line: 2, structuredMetadata: 3 } as const;
const TIMESTAMP = { seconds: 1, nanos: 2 } as const;
const PAIR = { name: 1, value: 2 } as const;

const NANOS_PER_MS = 1_000_000;
const LEVELS: ReadonlySet<string> = new Set(LEVEL_NAMES);
const LONGEST_LEVEL_BYTES = 32;

/**
 * Decodes a Loki push as promtail and Alloy send it: a snappy block that holds a logproto.PushRequest.
 *
 * What is wrong with one stream or entry refuses only that. Throws `ingest/payload-invalid` where the whole cannot be read
 * or holds too much, `ingest/payload-too-large` above the limit of bytes. Decoding twice gives the same push.
 */
export function decodeLokiProtobuf(body: Uint8Array, context: DecodeContext): LokiPush {
  const request = decompressSnappyBlock(body, context.limits.decodedBodyBytes);
  return new PushDecoder(request, context).decode();
}

class PushDecoder {
  readonly #reader: FieldReader;
  readonly #context: DecodeContext;
  readonly #collector: LokiCollector;

  constructor(request: Buffer, context: DecodeContext) {
    this.#reader = new FieldReader(request);
    this.#context = context;
    this.#collector = new LokiCollector(context);
  }

  decode(): LokiPush {
    const reader = this.#reader;
    const end = reader.bytes.length;
    while (reader.at < end) {
      reader.readTag(end);
      if (reader.field === REQUEST.streams) {
        reader.expect(BYTES);
        this.#stream(reader.readEnd(end));
      } else reader.skip(end);
    }
    return this.#collector.finish();
  }

  #stream(end: number): void {
    const reader = this.#reader;
    const start = reader.at;
    const labels = this.#findLabels(end);
    this.#collector.begin(`L${labels.toString('latin1')}`, () => this.#parseLabels(labels));
    reader.at = start;
    while (reader.at < end) {
      reader.readTag(end);
      if (reader.field === STREAM.entries) {
        reader.expect(BYTES);
        this.#collector.entry(this.#entry(reader.readEnd(end)));
      } else reader.skip(end);
    }
    this.#collector.end();
  }

  /** Protobuf allows the labels before, between and after the entries; the last ones count. */
  #findLabels(end: number): Buffer {
    const reader = this.#reader;
    let labels = reader.bytes.subarray(0, 0);
    while (reader.at < end) {
      reader.readTag(end);
      if (reader.field === STREAM.labels) labels = this.#readBytes(end);
      else reader.skip(end);
    }
    return labels;
  }

  #parseLabels(labels: Buffer): LabelPair[] | Refusal {
    if (!isUtf8(labels)) return { code: 'utf8_invalid', detail: 'the labels are not UTF-8' };
    return parseLabelsText(labels.toString('utf8'), this.#context.limits.labelsPerStream);
  }

  #entry(end: number): LokiEntry | Refusal {
    const reader = this.#reader;
    let seconds = 0;
    let nanos = 0;
    let lineStart = 0;
    let lineEnd = 0;
    let level: string | undefined;
    let hasMetadata = false;
    while (reader.at < end) {
      reader.readTag(end);
      if (reader.field === ENTRY.timestamp) {
        reader.expect(BYTES);
        [seconds, nanos] = this.#timestamp(reader.readEnd(end));
      } else if (reader.field === ENTRY.line) {
        reader.expect(BYTES);
        lineEnd = reader.readEnd(end);
        lineStart = reader.at;
        reader.at = lineEnd;
      } else if (reader.field === ENTRY.structuredMetadata) {
        reader.expect(BYTES);
        hasMetadata = true;
        const found = this.#level(reader.readEnd(end));
        level ??= found;
      } else reader.skip(end);
    }
    if (nanos < 0 || nanos > 999_999_999) {
      return { code: 'timestamp_invalid', detail: `${nanos} nanoseconds are no part of a second` };
    }
    const restNanos = nanos % NANOS_PER_MS;
    return {
      timestampMs: seconds * 1_000 + (nanos - restNanos) / NANOS_PER_MS,
      restNanos,
      kept: keepLineBytes(reader.bytes, lineStart, lineEnd, this.#context.limits.logLineBytes),
      level,
      hasMetadata,
    };
  }

  #timestamp(end: number): [seconds: number, nanos: number] {
    const reader = this.#reader;
    let seconds = 0;
    let nanos = 0;
    while (reader.at < end) {
      reader.readTag(end);
      if (reader.field === TIMESTAMP.seconds) {
        reader.expect(VARINT);
        seconds = reader.readInt64(end);
      } else if (reader.field === TIMESTAMP.nanos) {
        reader.expect(VARINT);
        nanos = reader.readInt64(end);
      } else reader.skip(end);
    }
    return [seconds, nanos];
  }

  /** The value of a pair whose name says that it is a level. */
  #level(end: number): string | undefined {
    let name = '';
    let value = '';
    const reader = this.#reader;
    while (reader.at < end) {
      reader.readTag(end);
      if (reader.field === PAIR.name) name = this.#readShort(end);
      else if (reader.field === PAIR.value) value = this.#readShort(end);
      else reader.skip(end);
    }
    return LEVELS.has(name) ? value : undefined;
  }

  /** A text that can be a level or the name of one; empty where it is too long for that. */
  #readShort(end: number): string {
    const bytes = this.#readBytes(end);
    return bytes.length <= LONGEST_LEVEL_BYTES ? bytes.toString('utf8') : '';
  }

  #readBytes(end: number): Buffer {
    const reader = this.#reader;
    reader.expect(BYTES);
    const bytesEnd = reader.readEnd(end);
    const bytes = reader.bytes.subarray(reader.at, bytesEnd);
    reader.at = bytesEnd;
    return bytes;
  }
}
