import type { FieldReader } from './protobuf-fields.ts';

/** The value by which Prometheus says that a series has ended: a NaN with these bits. */
const STALE_HIGH = 0x7ff00000;
const STALE_LOW = 0x00000002;

/** Whether the float64 just read is the stale marker: its bits on the wire, since a NaN may lose its own as a number. */
export function isStaleMarker(reader: FieldReader): boolean {
  return reader.rawWord(reader.at - 4) === STALE_HIGH && reader.rawWord(reader.at - 8) === STALE_LOW;
}
