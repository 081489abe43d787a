import { crc32 } from 'node:zlib';
import { ServiceError } from '../../functions/platform/errors.ts';
import type { Anomaly } from '../../models/domain/anomaly.ts';
import type { Finding } from '../../models/domain/finding.ts';
import { createSectionReader, createSectionWriter, padded, type SectionReader } from './sections.ts';
import { createKeyTable, type KeyTable, type ShardMark, type SurveyLayout, type SurveyState } from './survey-state.ts';

/*
 * 0 magic "FWSV"   4 version   8 length of the header   12 CRC-32 of bytes 0 to 12 and 16 to the end
 * 16 header (JSON), then series ids, three tables of group indexes, flags, words of the series, of services, of peers, of shapes;
 * each section padded to a multiple of eight bytes (see data/formats.md).
 */
const MAGIC = 0x56535746;
const SURVEY_VERSION = 2;
const PREFIX_BYTES = 16;
const AT = { magic: 0, version: 4, header: 8, sum: 12 } as const;
const ID_BYTES = 16;

interface Header {
  readonly workspace: string;
  readonly layout: SurveyLayout;
  readonly doneToMs: number;
  readonly clockMs: number;
  readonly lastRunMs: number;
  readonly isLive: boolean;
  readonly shards: ShardMark[];
  readonly findings: Finding[];
  readonly outbox: Anomaly[];
  readonly series: number;
  readonly services: string[];
  readonly peers: string[];
  readonly instances: string[];
  readonly shapes: string[];
  readonly shapesMs: number;
}

export function encodeSurvey(state: SurveyState): Uint8Array {
  const header = headerBytes(state);
  const series = state.seriesIds.length;
  const sections = [
    state.serviceOf.subarray(0, series),
    state.peersOf.subarray(0, series),
    state.instanceOf.subarray(0, series),
    state.flags.subarray(0, series),
    state.words.subarray(0, series * state.layout.seriesWords),
    wordsOf(state.services),
    wordsOf(state.peers),
    wordsOf(state.shapes),
  ];
  const idBytes = padded(series * ID_BYTES);
  const sectionBytes = sections.reduce((sum, { byteLength }) => sum + padded(byteLength), 0);
  const bytes = new Uint8Array(PREFIX_BYTES + header.length + idBytes + sectionBytes);
  const { write, writeHex } = createSectionWriter(bytes, PREFIX_BYTES);
  write(header);
  writeHex(state.seriesIds, ID_BYTES);
  for (const section of sections) write(section);
  const prefix = new DataView(bytes.buffer);
  prefix.setUint32(AT.magic, MAGIC, true);
  prefix.setUint32(AT.version, SURVEY_VERSION, true);
  prefix.setUint32(AT.header, header.length, true);
  prefix.setUint32(AT.sum, checksum(bytes), true);
  return bytes;
}

function headerBytes(state: SurveyState): Uint8Array {
  const { workspace, layout, doneToMs, clockMs, lastRunMs, isLive, shards, findings, outbox, shapesMs } = state;
  const header: Header = {
    workspace,
    layout,
    doneToMs,
    clockMs,
    lastRunMs,
    isLive,
    shards,
    findings,
    outbox,
    series: state.seriesIds.length,
    services: state.services.keys,
    peers: state.peers.keys,
    instances: state.instances.keys,
    shapes: state.shapes.keys,
    shapesMs,
  };
  const text = Buffer.from(JSON.stringify(header), 'utf8');
  // Padded with what JSON passes over.
  const bytes = new Uint8Array(padded(text.length)).fill(0x20);
  bytes.set(text);
  return bytes;
}

function wordsOf({ keys, words, wordsEach }: KeyTable): Float64Array {
  return words.subarray(0, keys.length * wordsEach);
}

function checksum(bytes: Uint8Array): number {
  return crc32(bytes.subarray(PREFIX_BYTES), crc32(bytes.subarray(0, AT.sum)));
}

/** Throws `store/corrupt` for damaged bytes and those of version 1, of which all can be learned again, and `store/version-unknown` for those of a newer release. */
export function decodeSurvey(bytes: Uint8Array): SurveyState {
  const headerLength = openPrefix(bytes);
  const headerEnd = PREFIX_BYTES + headerLength;
  const text = Buffer.from(bytes.subarray(PREFIX_BYTES, headerEnd)).toString('utf8');
  const header = JSON.parse(text) as Header; // the checksum says that it is what was written
  const { layout, series } = header;
  const reader = createSectionReader(bytes, headerEnd);
  const seriesIds = reader.hex(series, ID_BYTES);
  return {
    workspace: header.workspace,
    layout,
    doneToMs: header.doneToMs,
    clockMs: header.clockMs,
    lastRunMs: header.lastRunMs,
    isLive: header.isLive,
    shards: header.shards,
    findings: header.findings,
    outbox: header.outbox,
    seriesIds,
    indexById: new Map(seriesIds.map((seriesId, index) => [seriesId, index])),
    serviceOf: reader.indexes(series),
    peersOf: reader.indexes(series),
    instanceOf: reader.indexes(series),
    flags: reader.bytes(series),
    words: reader.floats(series * layout.seriesWords),
    services: readTable(reader, header.services, layout.groupWords),
    peers: readTable(reader, header.peers, layout.peerWords),
    instances: readTable(reader, header.instances, 0),
    shapes: readTable(reader, header.shapes, layout.shapeWords),
    shapesMs: header.shapesMs,
  };
}

function openPrefix(bytes: Uint8Array): number {
  if (bytes.length < PREFIX_BYTES) throw corrupt(`${bytes.length} bytes are too few`);
  const prefix = new DataView(bytes.buffer, bytes.byteOffset);
  if (prefix.getUint32(AT.magic, true) !== MAGIC) throw corrupt('not a survey');
  const version = prefix.getUint32(AT.version, true);
  if (version > SURVEY_VERSION) {
    throw new ServiceError('store/version-unknown', `survey: version ${version}, this release knows ${SURVEY_VERSION}`);
  }
  if (version < SURVEY_VERSION) throw corrupt(`version ${version} is not read any more`);
  if (prefix.getUint32(AT.sum, true) !== checksum(bytes)) throw corrupt('checksum does not match');
  return prefix.getUint32(AT.header, true);
}

function readTable(reader: SectionReader, keys: string[], wordsEach: number): KeyTable {
  const indexByKey = new Map(keys.map((key, index) => [key, index]));
  return { ...createKeyTable(wordsEach), keys, indexByKey, words: reader.floats(keys.length * wordsEach) };
}

function corrupt(what: string): ServiceError {
  return new ServiceError('store/corrupt', `survey: ${what}`);
}
