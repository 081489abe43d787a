import type { HttpRequest, HttpResponse, Route } from '../platform/edge.ts';
import { ServiceError } from '../platform/errors.ts';
import { type ErrorForm, plainText } from '../platform/problem.ts';
import {
  type AcceptedMetrics,
  acceptMetrics,
  contextOf,
  type IngestRoutesDependencies,
  refusal,
} from './accept-items.ts';
import { type RemoteWriteVersion, readRemoteWriteVersion, remoteWriteVersionOf } from './content.ts';
import { decodeRemoteWrite } from './remote-write.ts';
import { decodeRemoteWrite2 } from './remote-write-2.ts';
import type { RemoteWriteBatch, WrittenItems } from './remote-write-items.ts';

export const REMOTE_WRITE_PATH = '/api/v1/write';

/** Prometheus remote write, both versions: the content type tells them apart. */
export function createRemoteWriteRoutes(dependencies: IngestRoutesDependencies): Route[] {
  const write: Route['handle'] = async (request) => {
    const { version, batch } = asRemoteWrite(() => decode(dependencies, request));
    const { written, acceptedSamples } = batch;
    // The batch is not needed any more: it must not be held until what it became is stored.
    return answer({ version, written, acceptedSamples }, acceptMetrics(dependencies, request, batch));
  };
  return [{ method: 'POST', path: REMOTE_WRITE_PATH, scope: 'ingest', errors: remoteWriteError, handle: write }];
}

interface Decided {
  readonly version: RemoteWriteVersion;
  readonly written: WrittenItems;
  readonly acceptedSamples: number;
}

async function answer(
  { version, written, acceptedSamples }: Decided,
  accepting: Promise<AcceptedMetrics>,
): Promise<HttpResponse> {
  const stored = await accepting;
  const left = withoutLimited(written, acceptedSamples - stored.acceptedSamples);
  if (stored.rejected.count > 0) {
    throw refusal(stored.rejected, `${stored.acceptedSamples} samples are stored`, { written: left });
  }
  return version === 2 ? { status: 204, headers: writtenHeaders(left) } : NO_CONTENT;
}

const NO_CONTENT: HttpResponse = { status: 204 };
const NOTHING_WRITTEN: WrittenItems = { samples: 0, histograms: 0, exemplars: 0 };

interface Decoded {
  readonly version: RemoteWriteVersion;
  readonly batch: RemoteWriteBatch;
}

function decode(dependencies: IngestRoutesDependencies, request: HttpRequest): Decoded {
  const context = contextOf(dependencies, request);
  const version = readRemoteWriteVersion(request, context.limits);
  const batch = version === 2 ? decodeRemoteWrite2(request.body, context) : decodeRemoteWrite(request.body, context);
  return { version, batch };
}

/** Some senders of remote write repeat for ever on 413: here, too large is a kind of invalid. */
function asRemoteWrite<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof ServiceError) || error.code !== 'ingest/payload-too-large') throw error;
    throw new ServiceError('ingest/payload-invalid', `too large: ${error.message}`, { cause: error });
  }
}

/** Series beyond the limit of the workspace were taken out after decoding; those of samples are taken for them first. */
function withoutLimited(written: WrittenItems, samples: number): WrittenItems {
  const histograms = Math.max(0, samples - written.samples);
  return {
    ...written,
    samples: Math.max(0, written.samples - samples),
    histograms: Math.max(0, written.histograms - histograms),
  };
}

/** Senders of version 2.0 take an answer without these, or with too few, for data that is lost. Version 1.0 has none. */
function writtenHeaders({ samples, histograms, exemplars }: WrittenItems): Readonly<Record<string, string>> {
  return {
    'x-prometheus-remote-write-samples-written': `${samples}`,
    'x-prometheus-remote-write-histograms-written': `${histograms}`,
    'x-prometheus-remote-write-exemplars-written': `${exemplars}`,
  };
}

/** Plain text; for version 2.0 with what was stored nevertheless. Where the failure is ours, that is nothing. */
export const remoteWriteError: ErrorForm = (problem, context) => {
  const text = plainText(problem, context);
  if (remoteWriteVersionOf(context.headers['content-type']) !== 2) return text;
  const written = problem.status < 500 ? (problem.details.written as WrittenItems | undefined) : undefined;
  return { ...text, headers: writtenHeaders(written ?? NOTHING_WRITTEN) };
};
