import { constants, gunzip } from 'node:zlib';
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
export function readJsonMediaType<T extends string>({ headers }: Content, allowed: readonly T[]): T {
  const given = headers['content-type'];
  const { essence, parameters } = parseMediaType(given ?? '');
  const found = allowed.find((type) => type === essence);
  if (found === undefined) throw unsupported(`content-type must be ${allowed.join(' or ')}, got ${quote(given)}`);
  refuseForeignCharset(parameters);
  return found;
}

const REMOTE_WRITE_1 = 'prometheus.WriteRequest';

/** Remote write 1.0 is protobuf in a snappy block; senders that say nothing mean that. */
export function checkRemoteWriteContent(content: Content, limits: IngestLimits): void {
  const given = content.headers['content-type'];
  if (given !== undefined) {
    const { essence, parameters } = parseMediaType(given);
    if (essence !== 'application/x-protobuf') {
      throw unsupported(`content-type must be application/x-protobuf, got ${quote(given)}`);
    }
    refuseForeignCharset(parameters);
    for (const [name, value] of parameters) {
      if (name !== 'proto' || value === REMOTE_WRITE_1) continue;
      throw unsupported(`proto must be ${REMOTE_WRITE_1} (remote write 1.0), got ${quote(value)}`);
    }
  }
  const encoding = readEncoding(content);
  if (encoding !== '' && encoding !== 'snappy') {
    throw unsupported(`content-encoding must be snappy, got ${quote(encoding)}`);
  }
  checkWireSize(content, limits);
}

/** The body of a JSON route, unpacked where it came as gzip. One layer: what is packed twice cannot be read. */
export async function openJsonBody(content: Content, limits: IngestLimits): Promise<Uint8Array> {
  const encoding = readEncoding(content);
  if (encoding !== '' && encoding !== 'identity' && encoding !== 'gzip') {
    throw unsupported(`content-encoding must be gzip or absent, got ${quote(encoding)}`);
  }
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

function unpack(body: Uint8Array, maxOutputLength: number): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    gunzip(body, { maxOutputLength, finishFlush: constants.Z_FINISH }, (error, bytes) => {
      if (error === null) return resolve(bytes);
      const code = 'code' in error ? error.code : undefined;
      if (code === 'ERR_BUFFER_TOO_LARGE') reject(tooLarge(`the body unpacks to more than ${maxOutputLength} bytes`));
      else reject(new ServiceError('ingest/payload-invalid', `gzip: ${error.message}`, { cause: error }));
    });
  });
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
