import { isUtf8 } from 'node:buffer';
import { ServiceError } from '../platform/errors.ts';
import { type CsvRow, readCsv } from './csv.ts';
import type { IngestLimits } from './limits.ts';
import type { Identity } from './series-identity.ts';
import type { DecodeContext, MetricsBatch, Refusal } from './validate.ts';
import { checkSeriesLabels, type LabelPair } from './validate-labels.ts';
import { quote, RejectionTally } from './validate-rejections.ts';
import { SampleCollector } from './validate-samples.ts';
import { readTime } from './validate-time.ts';

const DIGITS = /^-?\d{1,16}$/;
const DECIMAL = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;
const BYTE_ORDER_MARK = '\ufeff';

/**
 * Decodes metrics as a table: the first row names the columns, `timestamp`, `value`, `name` (or `__name__`), every other one a
 * label; each row is a sample. An empty cell is no label.
 *
 * What is wrong with one row refuses only that. Throws `ingest/payload-invalid` where the first row or the whole cannot be
 * read and `ingest/payload-too-large` above the limits. Decoding twice gives the same batch.
 */
export function decodeMetricsCsv(body: Uint8Array, context: DecodeContext): MetricsBatch {
  const { limits } = context;
  const rows = readCsv(textOf(body), limits.labelsPerSeries + 2);
  const columns = readHeader(rows.next().value, limits);
  const decoder = new TableDecoder(columns, context);
  let index = 0;
  for (const row of rows) {
    if (index === limits.samplesPerRequest) {
      const message = `more than ${limits.samplesPerRequest} rows in one request`;
      throw new ServiceError('ingest/payload-too-large', message, { details: { limit: limits.samplesPerRequest } });
    }
    const refusal = 'cells' in row ? decoder.row(row.cells) : { code: 'row_invalid', detail: row.unreadable };
    if (refusal !== undefined) decoder.rejected.add(index, refusal);
    index++;
  }
  return decoder.finish();
}

/** Spreadsheets begin a file with a byte order mark. */
function textOf(body: Uint8Array): string {
  if (!isUtf8(body)) throw invalid('the body is not UTF-8');
  const text = Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('utf8');
  return text.startsWith(BYTE_ORDER_MARK) ? text.slice(1) : text;
}

interface Columns {
  readonly count: number;
  readonly timestamp: number;
  readonly value: number;
  /** Of each label its name and its column; that of the metric's name is `__name__`. */
  readonly labels: readonly (readonly [name: string, column: number])[];
}

function readHeader(row: CsvRow | undefined, limits: IngestLimits): Columns {
  if (row === undefined) throw invalid('the row that names the columns is missing');
  if ('unreadable' in row) throw invalid(`the first row cannot be read: ${row.unreadable}`);
  const names = row.cells.map((name) => (name === 'name' ? '__name__' : name));
  const most = limits.labelsPerSeries + 2;
  if (names.length > most) throw invalid(`more than ${most} columns`);
  for (const [column, name] of names.entries()) {
    if (name === '') throw invalid(`column ${column + 1} has no name`);
    if (names.indexOf(name) < column) throw invalid(`two columns are named ${quote(name)}`);
  }
  for (const needed of ['timestamp', 'value', '__name__']) {
    if (names.includes(needed)) continue;
    throw invalid(`the first row must name a column ${quote(needed === '__name__' ? 'name' : needed)}`);
  }
  const timestamp = names.indexOf('timestamp');
  const value = names.indexOf('value');
  const labels = names.map((name, column) => [name, column] as const);
  return {
    count: names.length,
    timestamp,
    value,
    labels: labels.filter(([, column]) => column !== timestamp && column !== value),
  };
}

class TableDecoder {
  readonly rejected = new RejectionTally();
  readonly #columns: Columns;
  readonly #context: DecodeContext;
  readonly #samples = new SampleCollector();

  constructor(columns: Columns, context: DecodeContext) {
    this.#columns = columns;
    this.#context = context;
  }

  row(cells: readonly string[]): Refusal | undefined {
    const { count, timestamp, value } = this.#columns;
    if (cells.length !== count) {
      const given = cells.length > count ? `more than ${count}` : `${cells.length}`;
      return { code: 'row_invalid', detail: `expected ${count} cells, got ${given}` };
    }
    const valueText = cells[value]!;
    const number = DECIMAL.test(valueText) ? Number(valueText) : Number.NaN;
    if (!Number.isFinite(number)) {
      return { code: 'value_invalid', detail: `expected a finite number, got ${quote(valueText)}` };
    }
    const time = readTime(readTimestamp(cells[timestamp]!), this.#context);
    if ('refusal' in time) return time.refusal;
    const identity = this.#identify(cells);
    if ('code' in identity) return identity;
    this.#samples.begin(identity);
    this.#samples.add(time.timestampMs, number + 0, 0);
    return undefined;
  }

  finish(): MetricsBatch {
    const { series, samples, duplicates } = this.#samples.finish();
    const discarded = new Map(duplicates > 0 ? [['duplicate', duplicates]] : []);
    return { series, acceptedSamples: samples, rejected: this.rejected, discarded, warnings: [] };
  }

  #identify(cells: readonly string[]): Identity | Refusal {
    const { workspace, identity, limits } = this.#context;
    const pairs: LabelPair[] = [];
    // The first character keeps the keys apart from those of other protocols, lengths one series from another.
    let key = 'v';
    for (const [name, column] of this.#columns.labels) {
      const cell = cells[column]!;
      if (cell === '') continue;
      pairs.push([name, cell]);
      key += `${name.length}:${name}${cell.length}:${cell}`;
    }
    const known = identity.find(workspace, key);
    if (known !== undefined) return known;
    const checked = checkSeriesLabels(pairs, limits);
    return 'refusal' in checked ? checked.refusal : identity.make(workspace, key, checked.labels);
  }
}

/** Digits are milliseconds; an empty cell is no time. */
function readTimestamp(cell: string): string | number | undefined {
  if (cell === '') return undefined;
  return DIGITS.test(cell) ? Number(cell) : cell;
}

function invalid(what: string): ServiceError {
  return new ServiceError('ingest/payload-invalid', `csv: ${what}`);
}
