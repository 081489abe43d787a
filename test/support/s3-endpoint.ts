import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { crc32 } from 'node:zlib';
import { type HeldObject, S3Bucket } from './s3-bucket.ts';

/** Everything that an operation needs of its request. */
interface Call {
  readonly request: IncomingMessage;
  readonly bucketName: string;
  readonly bucket: S3Bucket | undefined;
  readonly key: string;
  readonly query: URLSearchParams;
}

interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string | number>>;
  readonly body?: string | Buffer;
}

const MAX_PAGE_KEYS = 1_000;
const KNOWN_QUERY = new Set(['x-id', 'list-type', 'prefix', 'start-after', 'max-keys']);
const RANGE = /^bytes=(\d+)-(\d+)$/;

/**
 * S3 for tests: buckets, and the operations of the objects contract with conditional puts as S3 has them. In memory, on
 * the loopback interface, path style only; signatures are not looked at. Anything else is answered with 501.
 */
export async function startS3Endpoint(): Promise<{ readonly url: string; readonly stop: () => Promise<void> }> {
  const buckets = new Map<string, S3Bucket>();
  const server = createServer((request, response) => {
    void answer(buckets, request)
      .catch((error: unknown) => failure(500, 'InternalError', String(error)))
      .then((result) => send(request, response, result));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, stop: () => stop(server) };
}

async function answer(buckets: Map<string, S3Bucket>, request: IncomingMessage): Promise<Answer> {
  const url = new URL(request.url ?? '/', 'http://localhost');
  const [, bucketName = '', ...rest] = url.pathname.split('/').map(decodeURIComponent);
  const call = { request, bucketName, bucket: buckets.get(bucketName), key: rest.join('/'), query: url.searchParams };
  if ([...call.query.keys()].some((name) => !KNOWN_QUERY.has(name))) return notImplemented(call);
  if (call.key === '') return answerBucket(buckets, call);
  return call.bucket === undefined ? failure(404, 'NoSuchBucket') : answerObject(call.bucket, call);
}

function answerBucket(buckets: Map<string, S3Bucket>, call: Call): Answer {
  const { bucket, bucketName, request, query } = call;
  if (request.method === 'PUT') {
    if (bucket !== undefined) return failure(409, 'BucketAlreadyOwnedByYou');
    buckets.set(bucketName, new S3Bucket());
    return { status: 200 };
  }
  if (bucket === undefined) return failure(404, 'NoSuchBucket');
  if (request.method === 'HEAD') return { status: 200 };
  if (request.method === 'GET' && query.get('list-type') === '2') return list(bucket, call);
  if (request.method !== 'DELETE') return notImplemented(call);
  if (!bucket.isEmpty) return failure(409, 'BucketNotEmpty');
  buckets.delete(bucketName);
  return { status: 204 };
}

async function answerObject(bucket: S3Bucket, call: Call): Promise<Answer> {
  const { request, key } = call;
  if (request.method === 'PUT') return put(bucket, call);
  if (request.headers['if-match'] ?? request.headers['if-none-match']) return notImplemented(call);
  if (request.method === 'DELETE') {
    bucket.delete(key);
    return { status: 204 };
  }
  if (request.method !== 'GET' && request.method !== 'HEAD') return notImplemented(call);
  const held = bucket.get(key);
  return held === undefined ? failure(404, 'NoSuchKey') : get(held, request.headers.range);
}

async function put(bucket: S3Bucket, call: Call): Promise<Answer> {
  const { headers } = call.request;
  const ifNoneMatch = headers['if-none-match'];
  const isUnknown = headers['content-encoding'] !== undefined || headers['x-amz-copy-source'] !== undefined;
  if (isUnknown || (ifNoneMatch !== undefined && ifNoneMatch !== '*')) return notImplemented(call);
  const begun = bucket.beginPut(call.key, { ifNoneMatch, ifMatch: headers['if-match'] });
  const bytes = await readBody(call.request);
  if (!isAsDigested(call.request, bytes)) return failure(400, 'BadDigest');
  const outcome = begun.finish(bytes);
  if (outcome.kind === 'refused') return failure(outcome.status, outcome.code);
  return { status: 200, headers: { etag: outcome.etag } };
}

function get(held: HeldObject, range: string | undefined): Answer {
  const headers = { etag: held.etag, 'content-type': 'application/octet-stream', 'accept-ranges': 'bytes' };
  if (range === undefined) return { status: 200, headers, body: held.bytes };
  const [, from, to] = RANGE.exec(range) ?? [];
  if (from === undefined || to === undefined) return failure(501, 'NotImplemented', `range ${range}`);
  const sizeBytes = held.bytes.length;
  if (Number(from) >= sizeBytes) return failure(416, 'InvalidRange');
  const body = held.bytes.subarray(Number(from), Number(to) + 1);
  const contentRange = `bytes ${from}-${Number(from) + body.length - 1}/${sizeBytes}`;
  return { status: 206, headers: { ...headers, 'content-range': contentRange }, body };
}

function list(bucket: S3Bucket, { bucketName, query }: Call): Answer {
  const prefix = query.get('prefix') ?? '';
  const count = Math.min(Number(query.get('max-keys') ?? MAX_PAGE_KEYS), MAX_PAGE_KEYS);
  const found = bucket.keysAfter(prefix, query.get('start-after') ?? '', count);
  const keys = found.slice(0, count);
  const contents = keys.map((key) => {
    const held = bucket.get(key);
    const etag = escapeXml(held?.etag ?? '');
    return `<Contents><Key>${escapeXml(key)}</Key><Size>${held?.bytes.length ?? 0}</Size><ETag>${etag}</ETag></Contents>`;
  });
  return xml(
    200,
    `<ListBucketResult><Name>${escapeXml(bucketName)}</Name><Prefix>${escapeXml(prefix)}</Prefix>` +
      `<KeyCount>${keys.length}</KeyCount><MaxKeys>${count}</MaxKeys><IsTruncated>${found.length > count}</IsTruncated>` +
      `${contents.join('')}</ListBucketResult>`,
  );
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

/** The two checks that the SDK sends along, where it does. */
function isAsDigested({ headers }: IncomingMessage, bytes: Buffer): boolean {
  const sha256 = headers['x-amz-content-sha256'];
  if (/^[0-9a-f]{64}$/.test(String(sha256)) && createHash('sha256').update(bytes).digest('hex') !== sha256)
    return false;
  const expected = headers['x-amz-checksum-crc32'];
  if (expected === undefined) return true;
  const checksum = Buffer.alloc(4);
  checksum.writeUInt32BE(crc32(bytes));
  return checksum.toString('base64') === expected;
}

function notImplemented({ request }: Call): Answer {
  return failure(501, 'NotImplemented', `${request.method} ${request.url}`);
}

function failure(status: number, code: string, message = code): Answer {
  return xml(status, `<Error><Code>${code}</Code><Message>${escapeXml(message)}</Message></Error>`);
}

function xml(status: number, text: string): Answer {
  const body = `<?xml version="1.0" encoding="UTF-8"?>\n${text}`;
  return { status, headers: { 'content-type': 'application/xml' }, body };
}

function escapeXml(text: string): string {
  return text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
}

function send(request: IncomingMessage, response: ServerResponse, { status, headers, body = '' }: Answer): void {
  request.resume(); // what was refused before its body came is read to its end, so that the connection stays usable
  const isHead = request.method === 'HEAD';
  response.writeHead(status, { ...headers, 'content-length': Buffer.byteLength(body) });
  response.end(isHead ? undefined : body);
}

async function stop(server: Server): Promise<void> {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
}
