import type { SeriesHead } from '../../data/segments/batch.ts';
import { metricName, type SeriesKind } from '../../models/domain/series.ts';
import { ServiceError } from '../platform/errors.ts';
import type { ByteIdentities } from './byte-identities.ts';
import { PlainLabels } from './plain-labels.ts';
import { BYTES, FieldReader, invalid, VARINT } from './protobuf-fields.ts';
import { type RemoteWriteBatch, RemoteWriteItems } from './remote-write-items.ts';
import { LabelRefs } from './remote-write-refs.ts';
import { SymbolTable } from './remote-write-symbols.ts';
import { kindOfName } from './series-identity.ts';
import { readSnappyBlock } from './snappy-block.ts';
import type { DecodeContext, Refusal } from './validate.ts';
import { checkSeriesLabels, type LabelPair } from './validate-labels.ts';

/** Field numbers of io.prometheus.write.v2.Request and of what it holds. 1 to 3 are those of version 1.0. */
const REQUEST = { symbols: 4, timeseries: 5 } as const;
const SERIES = { labels: 1, samples: 2, histograms: 3, exemplars: 4, metadata: 5 } as const;
const METADATA_TYPE = 1;
const PROTOCOL = 'remote-write-2';
/** A series with its references, type and one sample. */
const USUAL_SERIES_BYTES = 48;

/** Types of metrics; others say nothing about how a series grows. */
const TYPE = { counter: 1, gauge: 2, histogram: 3, gaugeHistogram: 4, summary: 5, info: 6, stateSet: 7 } as const;

/**
 * Decodes a Prometheus remote write 2.0 request: a snappy block that holds an io.prometheus.write.v2.Request.
 *
 * Refuses and throws as decodeRemoteWrite does. A type in the metadata of a series decides whether it is a counter.
 */
export function decodeRemoteWrite2(body: Uint8Array, context: DecodeContext): RemoteWriteBatch {
  const { decodedBodyBytes } = context.limits;
  return readSnappyBlock(body, decodedBodyBytes, (request) => new RequestDecoder(request, context).decode());
}

class RequestDecoder {
  readonly #reader: FieldReader;
  readonly #context: DecodeContext;
  readonly #symbols: SymbolTable;
  readonly #known: ByteIdentities;
  readonly #items: RemoteWriteItems;
  /** Of the series in hand, like the three that follow. */
  readonly #refs: LabelRefs;
  #type = 0;
  #firstSampleAt = 0;
  #hasMore = false;
  #expandedBytes = 0;
  #plain: PlainLabels | undefined;

  constructor(request: Buffer, context: DecodeContext) {
    const { identity, limits, workspace } = context;
    const maxSymbols = 2 * limits.labelsPerSeries * limits.samplesPerRequest;
    this.#reader = new FieldReader(request);
    this.#context = context;
    this.#symbols = new SymbolTable(this.#reader, identity.symbols(workspace), maxSymbols);
    this.#known = identity.ofBytes(workspace, PROTOCOL);
    this.#items = new RemoteWriteItems(this.#reader, context, PROTOCOL, request.length / USUAL_SERIES_BYTES);
    this.#refs = new LabelRefs(this.#symbols, limits.labelsPerSeries);
  }

  decode(): RemoteWriteBatch {
    const reader = this.#reader;
    const end = reader.bytes.length;
    const hasSeries = this.#readSymbols(end);
    if (end > 0) this.#checkSymbols();
    if (!hasSeries) return this.#items.finish();
    reader.at = 0;
    while (reader.at < end) {
      reader.readTag(end);
      if (reader.field === REQUEST.timeseries) {
        this.#items.next();
        this.#series(reader.readEnd(end));
      } else reader.skip(end);
    }
    return this.#items.finish();
  }

  /** Protobuf allows fields in any order: all symbols first, and whether there is any series. */
  #readSymbols(end: number): boolean {
    const reader = this.#reader;
    let hasSeries = false;
    while (reader.at < end) {
      reader.readTag(end);
      if (reader.field !== REQUEST.symbols && reader.field !== REQUEST.timeseries) {
        reader.skip(end);
        continue;
      }
      reader.expect(BYTES);
      const fieldEnd = reader.readEnd(end);
      if (reader.field === REQUEST.symbols) this.#symbols.add(reader.at, fieldEnd);
      else hasSeries = true;
      reader.at = fieldEnd;
    }
    return hasSeries;
  }

  #checkSymbols(): void {
    if (this.#symbols.count === 0) {
      throw invalid('message does not match content type: it has no symbols, as if it were remote write 1.0');
    }
    if (this.#symbols.sizeAt(0) !== 0) throw invalid('the first symbol must be empty');
  }

  #series(end: number): void {
    const reader = this.#reader;
    const start = reader.at;
    const refusal = this.#readHead(end);
    const known = refusal === undefined ? this.#find() : undefined;
    if (known !== undefined && !this.#hasMore) {
      this.#items.begin(known);
      reader.at = this.#firstSampleAt;
      this.#items.sample(reader.readEnd(end));
      reader.at = end;
      return;
    }
    const series = refusal ?? known ?? this.#makePlain() ?? this.#make();
    const isRefused = 'code' in series;
    this.#items.begin(isRefused ? undefined : series);
    reader.at = start;
    const found = this.#readItems(end);
    if (isRefused) this.#items.refuse(series, Math.max(1, found));
  }

  /** Reads samples, histograms and exemplars; how many samples and histograms there are. */
  #readItems(end: number): number {
    const reader = this.#reader;
    const isGauge = this.#type === TYPE.gauge || this.#type === TYPE.gaugeHistogram;
    const key = { source: this.#refs.key, start: 0, end: this.#refs.keyBytes };
    let found = 0;
    while (reader.at < end) {
      reader.readTag(end);
      const { field } = reader;
      if (field !== SERIES.samples && field !== SERIES.histograms && field !== SERIES.exemplars) {
        reader.skip(end);
        continue;
      }
      const fieldEnd = reader.readEnd(end);
      if (field === SERIES.exemplars) {
        this.#items.exemplar(fieldEnd);
        continue;
      }
      found++;
      if (field === SERIES.samples) this.#items.sample(fieldEnd);
      else this.#items.histogram(fieldEnd, key, isGauge);
    }
    return found;
  }

  /** What must be known of a series before its samples are read, in whatever order its fields come. */
  #readHead(end: number): Refusal | undefined {
    const reader = this.#reader;
    this.#refs.begin();
    this.#type = 0;
    let samples = 0;
    let histograms = 0;
    let exemplars = 0;
    while (reader.at < end) {
      reader.readTag(end);
      const { field } = reader;
      if (field === SERIES.labels) {
        this.#refs.read(reader, end);
        continue;
      }
      if (field < SERIES.samples || field > SERIES.metadata) {
        reader.skip(end);
        continue;
      }
      reader.expect(BYTES);
      const lengthAt = reader.at;
      const fieldEnd = reader.readEnd(end);
      if (field === SERIES.metadata) this.#readType(fieldEnd);
      else if (field === SERIES.histograms) histograms++;
      else if (field === SERIES.exemplars) exemplars++;
      else {
        samples++;
        this.#firstSampleAt = lengthAt;
      }
      reader.at = fieldEnd;
    }
    this.#refs.setType(this.#type);
    this.#hasMore = samples !== 1 || histograms + exemplars > 0;
    if (samples > 0 && histograms > 0) {
      return { code: 'series_mixed', detail: 'a series has samples or histograms, not both' };
    }
    if (samples + histograms === 0) return { code: 'series_empty', detail: 'a series needs samples or histograms' };
    return this.#refs.check();
  }

  #readType(end: number): void {
    const reader = this.#reader;
    while (reader.at < end) {
      reader.readTag(end);
      if (reader.field === METADATA_TYPE) {
        reader.expect(VARINT);
        const type = reader.readInt32(end);
        this.#type = type > 0 && type <= TYPE.stateSet ? type : 0;
      } else reader.skip(end);
    }
  }

  #find(): SeriesHead | undefined {
    const known = this.#known.find(this.#refs.key, 0, this.#refs.keyBytes);
    if (known !== undefined) this.#expand(known.labelEnd - known.labelStart);
    return known;
  }

  #makePlain(): SeriesHead | undefined {
    const refs = this.#refs;
    const symbols = this.#symbols;
    this.#plain ??= new PlainLabels(this.#context.workspace, this.#context.limits);
    this.#plain.begin();
    for (let i = 0; i < refs.count; i += 2) {
      const [name, value] = [refs.at(i), refs.at(i + 1)];
      const [nameStart, nameEnd] = [symbols.startOf(name), symbols.endOf(name)];
      if (!this.#plain.add(this.#reader, nameStart, nameEnd, symbols.startOf(value), symbols.endOf(value)))
        return undefined;
    }
    const head = this.#plain.finish((metricName) => kindOf(this.#type, metricName));
    if (head === undefined) return undefined;
    this.#expand(head.labelEnd - head.labelStart);
    return this.#known.keep(refs.key, 0, refs.keyBytes, head);
  }

  #make(): SeriesHead | Refusal {
    const refs = this.#refs;
    const symbols = this.#symbols;
    const pairs: LabelPair[] = [];
    for (let i = 0; i < refs.count; i += 2) {
      const [nameRef, valueRef] = [refs.at(i), refs.at(i + 1)];
      this.#expand(symbols.sizeAt(nameRef) + symbols.sizeAt(valueRef));
      const name = symbols.textAt(nameRef);
      const value = symbols.textAt(valueRef);
      if (name === undefined || value === undefined) {
        return { code: 'utf8_invalid', detail: `label ${i / 2} is not UTF-8` };
      }
      pairs.push([name, value]);
    }
    const checked = checkSeriesLabels(pairs, this.#context.limits);
    if ('refusal' in checked) return checked.refusal;
    const kind = kindOf(this.#type, metricName(checked.labels));
    return this.#known.make(refs.key, 0, refs.keyBytes, checked.labels, kind);
  }

  /** A text that comes once may be in every label of the request: what they come to together is bounded. */
  #expand(sizeBytes: number): void {
    const { expandedLabelBytes } = this.#context.limits;
    this.#expandedBytes += sizeBytes;
    if (this.#expandedBytes <= expandedLabelBytes) return;
    throw new ServiceError('ingest/payload-too-large', `the labels come to more than ${expandedLabelBytes} bytes`);
  }
}

/** Where the type says nothing, the name decides. */
function kindOf(type: number, metricName: string): SeriesKind {
  switch (type) {
    case TYPE.counter:
    case TYPE.histogram:
      return 'counter';
    case TYPE.gauge:
    case TYPE.gaugeHistogram:
    case TYPE.info:
    case TYPE.stateSet:
      return 'gauge';
    case TYPE.summary:
      return /_(count|sum)$/.test(metricName) ? 'counter' : 'gauge';
    default:
      return kindOfName(metricName);
  }
}
