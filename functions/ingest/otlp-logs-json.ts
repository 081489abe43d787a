import type { IngestLimits } from './limits.ts';
import { digestOf } from './otlp-digest.ts';
import { JsonFields, type JsonMessage, present } from './otlp-json-fields.ts';
import { OTLP_JSON_DEPTH, readJsonAnyValue, readJsonAttributes, readJsonResource } from './otlp-json-values.ts';
import { type OtlpLogRecord, OtlpLogs, type OtlpLogsBatch } from './otlp-logs.ts';
import type { DecodeContext } from './validate.ts';
import { readJsonValue } from './validate-json.ts';

const REQUEST = ['resourceLogs'] as const;
const RESOURCE_LOGS = ['resource', 'scopeLogs', 'schemaUrl'] as const;
const SCOPE_LOGS = ['scope', 'logRecords', 'schemaUrl'] as const;
const RECORD = [
  'timeUnixNano',
  'observedTimeUnixNano',
  'severityNumber',
  'severityText',
  'body',
  'attributes',
  'droppedAttributesCount',
  'flags',
  'traceId',
  'spanId',
  'eventName',
] as const;

/**
 * Decodes an ExportLogsServiceRequest of OTLP as JSON.
 *
 * What is wrong with one record refuses only that. What cannot be read refuses the request with `ingest/payload-invalid`,
 * what is too much with `ingest/payload-too-large`; nothing else is thrown, whatever the bytes. Decoding twice gives the
 * same batch, apart from records that say no time.
 */
export function decodeOtlpLogsJson(body: Uint8Array, context: DecodeContext): OtlpLogsBatch {
  const logs = new OtlpLogs(context);
  const fields = new JsonFields(logs.warnings);
  const raw = readJsonValue(body, { ...context.limits, jsonDepth: OTLP_JSON_DEPTH });
  const request = fields.message(raw, REQUEST);
  for (const [i, rawResource] of fields.list(request, 'resourceLogs').entries()) {
    logs.container();
    const ofResource = fields.message(rawResource, RESOURCE_LOGS);
    const key = digestOf('json', JSON.stringify(present(ofResource, 'resource')) ?? '');
    logs.beginResource(key, readJsonResource(fields, ofResource, context.limits));
    for (const [j, rawScope] of fields.list(ofResource, 'scopeLogs').entries()) {
      logs.container();
      const records = fields.list(fields.message(rawScope, SCOPE_LOGS), 'logRecords');
      for (const [k, rawRecord] of records.entries()) {
        const record = readRecord(fields, fields.message(rawRecord, RECORD), context.limits);
        logs.record(record, () => `resourceLogs[${i}].scopeLogs[${j}].logRecords[${k}]`);
      }
    }
  }
  return logs.finish();
}

function readRecord(fields: JsonFields, record: JsonMessage, limits: IngestLimits): OtlpLogRecord {
  const time = fields.time(record, 'timeUnixNano');
  const observed = fields.time(record, 'observedTimeUnixNano');
  return {
    ...time,
    observedMs: observed.timestampMs,
    observedRestNanos: observed.restNanos,
    severityNumber: fields.enumeration(record, 'severityNumber'),
    severityText: fields.text(record, 'severityText'),
    eventName: fields.text(record, 'eventName'),
    body: readJsonAnyValue(fields, present(record, 'body')),
    attributes: readJsonAttributes(fields, record, limits),
    traceIdBytes: hexBytes(fields.text(record, 'traceId')),
    spanIdBytes: hexBytes(fields.text(record, 'spanId')),
  };
}

/** Identifiers are in hexadecimal digits here, and not in base64 as other bytes. */
function hexBytes(text: string): number {
  return /^([0-9a-fA-F]{2})*$/.test(text) ? text.length / 2 : -1;
}
