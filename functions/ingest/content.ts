import { constants, gunzipSync } from 'node:zlib';
import { ServiceError } from '../platform/errors.ts';
import type { IngestLimits } from './limits.ts';

/** What of a request says how its body is to be read. */
export interface Content {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

interface MediaType {
  readonly essence: string;
  readonly parameters: readonly (readonly [name: string, value: string])[];
}

/** The media type of a JSON route, one of those allowed. Throws `ingest/media-type-unsupported`. */
export function readJsonMediaType<T extends string>(content: Content, allowed: readonly T[]): T {
  return readMediaType(content, allowed);
}

/** The media type that a request says it has, without parameters; empty where it says none. */
export function mediaTypeOf({ headers }: Pick<Content, 'headers'>): string {
  return parseMediaType(headers['content-type'] ?? '').essence;
}

/** As readJsonMediaType, for any route; `otherwise` is what a request means that says nothing. */
export function readMediaType<T extends string>({ headers }: Content, allowed: readonly T[], otherwise?: T): T {
  const given = headers['content-type'] ?? otherwise;
  const { essence, parameters } = parseMediaType(given ?? '');
  const found = allowed.find((type) => type === essence);
  if (found === undefined) throw unsupported(`content-type must be ${allowed.join(' or ')}, got ${quote(given)}`);
  refuseForeignCharset(parameters);
  return found;
}

export type RemoteWriteVersion = 1 | 2;

const REMOTE_WRITE_TYPE = 'application/x-protobuf';
const REMOTE_WRITE_VERSIONS: ReadonlyMap<string, RemoteWriteVersion> = new Map([
  ['prometheus.WriteRequest', 1],
  ['io.prometheus.write.v2.Request', 2],
]);

/** Remote write is protobuf in a snappy block; senders that say nothing mean version 1.0. */
export function readRemoteWriteVersion(content: Content, limits: IngestLimits): RemoteWriteVersion {
  const given = content.headers['content-type'];
  if (given !== undefined) refuseForeignCharset(parseMediaType(given).parameters);
  const version = remoteWriteVersionOf(given);
  if (version === undefined) {
    const protocols = [...REMOTE_WRITE_VERSIONS.keys()].join(' or ');
    throw unsupported(
      `content-type must be ${REMOTE_WRITE_TYPE}, with proto ${protocols} or none, got ${quote(given)}`,
    );
  }
  checkSnappyContent(content, limits);
  return version;
}

/** Undefined where a content type means none of the versions. */
export function remoteWriteVersionOf(given: string | undefined): RemoteWriteVersion | undefined {
  if (given === undefined) return 1;
  const { essence, parameters } = parseMediaType(given);
  if (essence !== REMOTE_WRITE_TYPE) return undefined;
  const named = parameters.filter(([name]) => name === 'proto').map(([, value]) => REMOTE_WRITE_VERSIONS.get(value));
  return named.length === 0 ? 1 : named.every((version) => version === named[0]) ? named[0] : undefined;
}

/** A body that is a snappy block, said or not. */
export function checkSnappyContent(content: Content, limits: IngestLimits): void {
  const encoding = readEncoding(content);
  if (encoding !== '' && encoding !== 'snappy') {
    throw unsupported(`content-encoding must be snappy, got ${quote(encoding)}`);
  }
  checkWireSize(content, limits);
}

/** The most that a byte of it can become: deflate writes 258 bytes with two bits, snappy 64 with three bytes. */
const GZIP_EXPANSION = 1032;
const SNAPPY_EXPANSION = 22;

/** How the bodies of a route are packed without saying so; JSON is never a snappy block. */
export type Packing = 'snappy' | 'gzip';

/** The most that the body may come to unpacked, told from its size alone: what it says of itself may be a lie. */
export function unpackedBytes(content: Content, limits: IngestLimits, unsaid?: Packing): number {
  return Math.min(content.body.length * expansionOf(content, unsaid), limits.decodedBodyBytes);
}

function expansionOf(content: Content, unsaid: Packing | undefined): number {
  if (unsaid === 'gzip' || readEncoding(content) === 'gzip') return GZIP_EXPANSION;
  const { essence } = parseMediaType(content.headers['content-type'] ?? '');
  return unsaid === 'snappy' && essence !== 'application/json' ? SNAPPY_EXPANSION : 1;
}

/** The body of a JSON route, unpacked where it came as gzip. */
export function openJsonBody(content: Content, limits: IngestLimits): Uint8Array {
  return openGzipBody(content, limits, { mayBeEmpty: false });
}

/** A body that is plain or gzip. One layer: what is packed twice cannot be read. */
export function openGzipBody(
  content: Content,
  limits: IngestLimits,
  { mayBeEmpty }: { readonly mayBeEmpty: boolean },
): Uint8Array {
  const encoding = readEncoding(content);
  if (encoding !== '' && encoding !== 'identity' && encoding !== 'gzip') {
    throw unsupported(`content-encoding must be gzip or absent, got ${quote(encoding)}`);
  }
  if (mayBeEmpty && content.body.length === 0) return content.body;
  checkWireSize(content, limits);
  return encoding === 'gzip' ? unpack(content.body, limits.decodedBodyBytes) : content.body;
}

function readEncoding({ headers }: Content): string {
  return (headers['content-encoding'] ?? '').trim().toLowerCase();
}

function checkWireSize({ body }: Content, { wireBodyBytes }: IngestLimits): void {
  if (body.length > wireBodyBytes) throw tooLarge(`the body has ${body.length} bytes, at most ${wireBodyBytes}`);
  if (body.length === 0) throw new ServiceError('ingest/payload-invalid', 'the body is empty');
}

/** At once, not in turns with others: what is unpacked is decoded before the next begins. */
function unpack(body: Uint8Array, maxOutputLength: number): Uint8Array {
  try {
    return gunzipSync(body, { maxOutputLength, finishFlush: constants.Z_FINISH });
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    const code = 'code' in error ? error.code : undefined;
    if (code === 'ERR_BUFFER_TOO_LARGE') throw tooLarge(`the body unpacks to more than ${maxOutputLength} bytes`);
    throw new ServiceError('ingest/payload-invalid', `gzip: ${error.message}`, { cause: error });
  }
}

function parseMediaType(header: string): MediaType {
  const [essence = '', ...rest] = header.split(';').map((part) => part.trim());
  const parameters = rest.map((part) => {
    const [name = '', ...value] = part.split('=');
    return [name.trim().toLowerCase(), value.join('=').trim().replaceAll('"', '')] as const;
  });
  return { essence: essence.toLowerCase(), parameters };
}

function refuseForeignCharset(parameters: MediaType['parameters']): void {
  for (const [name, value] of parameters) {
    if (name !== 'charset' || value.toLowerCase() === 'utf-8') continue;
    throw unsupported(`charset must be utf-8, got ${quote(value)}`);
  }
}

/** What a sender wrote, short and on one line. */
function quote(text: string | undefined): string {
  return text === undefined ? 'none' : JSON.stringify(text.slice(0, 100));
}

function unsupported(message: string): ServiceError {
  return new ServiceError('ingest/media-type-unsupported', message);
}

function tooLarge(message: string): ServiceError {
  return new ServiceError('ingest/payload-too-large', message);
}
