import type { SeriesLimit } from '../../../functions/ingest/series-limit.ts';
import { formatSeries } from '../../../models/domain/series.ts';
import type { RawRequest, RawResponse } from '../../support/send-http.ts';
import { type IngestStreet, openIngestStreet, WORKSPACE } from './ingest-street.ts';
import { decodeMessage, encodeMessage, type Json } from './otlp-request.ts';

export type Form = 'protobuf' | 'json';
export type Signal = 'metrics' | 'logs';

export const FORMS: readonly Form[] = ['protobuf', 'json'];

/** An answer of the protocol, read back. */
export interface OtlpAnswer {
  readonly http: number;
  readonly contentType: string | undefined;
  /** Of a partial success; 0 and empty where it is unset. */
  readonly rejected: number;
  readonly message: string;
  readonly bodyBytes: number;
  /** Of a google.rpc.Status. */
  readonly code: number | undefined;
  readonly violations: readonly Violation[];
}

export interface StoredSeries {
  readonly kind: string;
  /** Milliseconds, value, and whether it is a stale marker. */
  readonly samples: readonly (readonly [timestampMs: number, value: number, stale: boolean])[];
}

/** The street of ingest, for a client that speaks OTLP. */
export async function openOtlpStreet(series?: SeriesLimit) {
  const street = await openIngestStreet(undefined, undefined, series);
  const make = (scope: 'ingest' | 'read') =>
    street.keys.create({ workspace: WORKSPACE, env: 'test', title: 'test', scopes: [scope] });
  const { text: key } = await make('ingest');
  const { text: readKey } = await make('read');

  async function sendRaw(request: Partial<RawRequest> & { readonly path: string }, contentType?: string) {
    const headers: [string, string][] = [['authorization', `Bearer ${key}`]];
    if (contentType !== undefined) headers.push(['content-type', contentType]);
    return street.send({ ...request, headers: [...headers, ...(request.headers ?? [])] });
  }

  return {
    ...street,
    readKey,
    /** With the headers given and no others. */
    rawSend: street.send,
    sendRaw,
    /** Sends a message that is written as JSON, in either form. */
    send: async (form: Form, signal: Signal, message: Json): Promise<OtlpAnswer> => {
      const body = form === 'json' ? JSON.stringify(message) : encodeMessage(requestName(signal), message);
      return readAnswer(signal, await sendRaw({ path: `/v1/${signal}`, body }, typeOf(form)));
    },
    sendBytes: async (form: Form, signal: Signal, body: Uint8Array | string): Promise<OtlpAnswer> =>
      readAnswer(signal, await sendRaw({ path: `/v1/${signal}`, body }, typeOf(form))),
    /** All that has arrived since the last time, by what people call it. */
    series: () => storedSeries(street),
    lines: async (): Promise<string[]> =>
      (await street.drain())
        .flatMap(({ logs }) => logs)
        .flatMap(({ records }) => records.map(({ severity, line }) => `${severity} ${line}`)),
    discardedOf: (reason: string): number => street.discarded.get(`${WORKSPACE} ${reason}`) ?? 0,
  };
}

export type OtlpStreet = Awaited<ReturnType<typeof openOtlpStreet>>;

export function typeOf(form: Form): string {
  return form === 'json' ? 'application/json' : 'application/x-protobuf';
}

function requestName(signal: Signal): 'MetricsRequest' | 'LogsRequest' {
  return signal === 'metrics' ? 'MetricsRequest' : 'LogsRequest';
}

async function storedSeries(street: IngestStreet): Promise<Map<string, StoredSeries>> {
  const found = new Map<string, StoredSeries>();
  for (const part of await street.drain()) {
    for (let i = 0; i < part.seriesCount; i++) {
      const samples: [number, number, boolean][] = [];
      for (let at = part.sampleStarts[i]!; at < part.sampleStarts[i + 1]!; at++) {
        samples.push([part.timestampsMs[at]!, part.values[at]!, part.stale[at] === 1]);
      }
      found.set(formatSeries(part.labelsAt(i)), { kind: part.kindAt(i), samples });
    }
  }
  return found;
}

interface Violation {
  readonly field: string;
  readonly description: string;
}

/** All that any answer may say. */
interface Said {
  readonly partialSuccess?: {
    readonly rejectedDataPoints?: string | number;
    readonly rejectedLogRecords?: string | number;
    readonly errorMessage?: string;
  };
  readonly code?: number;
  readonly message?: string;
  readonly details?: readonly {
    readonly typeUrl?: string;
    readonly value?: Uint8Array;
    readonly fieldViolations?: readonly Violation[];
  }[];
}

/** Reads an answer by its own content type, as a client does. */
export function readAnswer(signal: Signal, { status, headers, body }: RawResponse): OtlpAnswer {
  const contentType = headers['content-type'];
  const said: Said =
    contentType === 'application/json' ? JSON.parse(body.toString()) : decodeMessage(answerName(signal, status), body);
  const partial = said.partialSuccess ?? {};
  const [detail] = said.details ?? [];
  return {
    http: status,
    contentType,
    rejected: Number(partial.rejectedDataPoints ?? partial.rejectedLogRecords ?? 0),
    message: partial.errorMessage ?? said.message ?? '',
    bodyBytes: body.length,
    code: said.code,
    violations: detail?.fieldViolations ?? (detail?.value === undefined ? [] : readBadRequest(detail.value)),
  };
}

function answerName(signal: Signal, status: number): 'Status' | 'MetricsResponse' | 'LogsResponse' {
  if (status !== 200) return 'Status';
  return signal === 'metrics' ? 'MetricsResponse' : 'LogsResponse';
}

function readBadRequest(bytes: Uint8Array): readonly Violation[] {
  const { fieldViolations = [] }: { fieldViolations?: Violation[] } = decodeMessage('BadRequest', bytes);
  return fieldViolations;
}
