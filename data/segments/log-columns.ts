import type { LogBatch, LogRecord } from './batch.ts';
import { ByteReader } from './byte-reader.ts';
import { ByteWriter } from './byte-writer.ts';
import { corrupt } from './corrupt.ts';
import { decodeLabels, encodeLabels } from './label-block.ts';
import { readStarts, SERIES_ID_BYTES, writeId } from './series-columns.ts';
import { TimestampDecoder, TimestampEncoder } from './timestamps.ts';

/** The place in this list is the number at rest: append only. */
const SEVERITIES = ['unknown', 'trace', 'debug', 'info', 'warn', 'error', 'fatal'] as const;

export function encodeLogColumns(logs: readonly LogBatch[]): Uint8Array {
  const writer = new ByteWriter();
  for (const { streamId } of logs) writeId(writer, streamId);
  for (const { labels } of logs) writer.varint(encodeLabels(labels).length);
  for (const { labels } of logs) writer.raw(encodeLabels(labels));
  for (const { records } of logs) writer.varint(records.length);
  const times = new TimestampEncoder(writer);
  for (const { records } of logs) {
    times.run(
      Float64Array.from(records, ({ timestampMs }) => timestampMs),
      0,
      records.length,
    );
  }
  for (const { records } of logs) for (const { severity } of records) writer.u8(SEVERITIES.indexOf(severity));
  for (const { records } of logs) for (const { line } of records) writer.text(line);
  if (haveRests(logs))
    for (const { records } of logs) for (const { restNanos = 0 } of records) writer.varint(restNanos);
  return writer.view();
}

/** Whether any record is known closer than to the millisecond: only then the rests are written. */
export function haveRests(logs: readonly LogBatch[]): boolean {
  return logs.some(({ records }) => records.some(({ restNanos = 0 }) => restNanos > 0));
}

export interface LogColumnsShape {
  readonly streams: number;
  readonly records: number;
  readonly hasRests: boolean;
}

export function decodeLogColumns(
  plain: Uint8Array,
  { streams, records, hasRests }: LogColumnsShape,
): readonly LogBatch[] {
  const reader = new ByteReader(plain);
  if (streams * SERIES_ID_BYTES + records * 3 > reader.left) throw corrupt('fewer logs than the header says');
  const ids = reader.take(streams * SERIES_ID_BYTES);
  const labelStarts = readStarts(reader, streams);
  const labels = reader.take(labelStarts[streams]!);
  const starts = readStarts(reader, streams);
  if (starts[streams] !== records) throw corrupt('records of the streams do not add up');
  const timestampsMs = new Float64Array(records);
  const times = new TimestampDecoder(reader);
  for (let i = 0; i < streams; i++) times.run(timestampsMs, starts[i]!, starts[i + 1]!);
  const severities = reader.take(records);
  const all: LogRecord[] = [];
  for (let i = 0; i < records; i++) {
    const severity = SEVERITIES[severities[i]!];
    if (severity === undefined) throw corrupt(`unknown severity ${severities[i]}`);
    all.push({ timestampMs: timestampsMs[i]!, severity, line: reader.text() });
  }
  if (hasRests) readRests(reader, all);
  reader.end();
  return Array.from({ length: streams }, (_, i) => ({
    streamId: ids.toString('hex', i * SERIES_ID_BYTES, (i + 1) * SERIES_ID_BYTES),
    labels: decodeLabels(labels.subarray(labelStarts[i], labelStarts[i + 1])),
    records: all.slice(starts[i], starts[i + 1]),
  }));
}

function readRests(reader: ByteReader, records: LogRecord[]): void {
  for (let i = 0; i < records.length; i++) {
    const restNanos = reader.varint();
    if (restNanos > 0) records[i] = { ...records[i]!, restNanos };
  }
}
