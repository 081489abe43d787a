import { type ICalendarFile, readICalendar } from '../../data/calendar/icalendar.ts';
import type { Calendar } from '../../models/domain/calendar.ts';
import { createUtcOffset } from '../../models/numeric/utc-offset.ts';
import { type HttpRequest, type HttpResponse, jsonResponse, type Route } from '../platform/edge.ts';
import { ServiceError } from '../platform/errors.ts';
import { answerList } from './answer-list.ts';
import {
  type CalendarRequest,
  calendarJson,
  MAX_EVENTS,
  parseCalendarBody,
  requireExpandable,
} from './calendar-wire.ts';
import type { QueryDependencies } from './dependencies.ts';
import { readText } from './json-body.ts';
import { type Parameters, readId, readLabelFilters, readParameters } from './parameters.ts';
import { deleteRecord, putRecord } from './put-record.ts';

const ID = /^[a-z0-9][a-z0-9_-]{0,63}$/;
/** The store takes items of up to 400 KB. */
const MAX_RECORD_BYTES = 300_000;
const FILE_PARAMETERS = ['time_zone', 'label', 'mute_alerts', 'exclude_from_training', 'shift_seconds'];

/** Times in which series are treated in another way: each calendar under a name that people choose. */
export function createCalendarRoutes(deps: QueryDependencies): Route[] {
  const path = '/v1/calendars';
  const one = `${path}/{calendarId}`;
  return [
    { method: 'GET', path, scope: 'read', errors: 'problem', handle: (request) => list(deps, request) },
    { method: 'GET', path: one, scope: 'read', errors: 'problem', handle: (request) => get(deps, request) },
    { method: 'PUT', path: one, scope: 'admin', errors: 'problem', handle: (request) => put(deps, request) },
    {
      method: 'DELETE',
      path: one,
      scope: 'admin',
      errors: 'problem',
      async handle(request) {
        readParameters(request.query, []);
        await deleteRecord(deps.calendars, request.workspace, readId(request.params, 'calendarId'), 'calendar');
        return { status: 204 };
      },
    },
  ];
}

function list({ calendars, cursorSecret }: QueryDependencies, request: HttpRequest): Promise<HttpResponse> {
  const parameters = readParameters(request.query, ['limit', 'cursor']);
  return answerList<Calendar>(request, parameters, cursorSecret, {
    page: (options) => calendars.list(request.workspace, options),
    idOf: ({ calendarId }) => calendarId,
    toJson: (calendar) => calendarJson(calendar, request.nowMs),
  });
}

async function get({ calendars }: QueryDependencies, request: HttpRequest): Promise<HttpResponse> {
  readParameters(request.query, []);
  const stored = await calendars.get(request.workspace, readId(request.params, 'calendarId'));
  if (stored === undefined) throw new ServiceError('platform/not-found', 'no calendar has this id');
  return jsonResponse(200, calendarJson(stored.record, request.nowMs));
}

async function put({ calendars }: QueryDependencies, request: HttpRequest): Promise<HttpResponse> {
  const calendarId = readId(request.params, 'calendarId');
  if (!ID.test(calendarId)) {
    throw new ServiceError('platform/request-invalid', 'a calendar is named by a-z, 0-9, - and _, at most 64 of them');
  }
  const record: Calendar = { calendarId, ...readBody(request), updatedAtMs: request.nowMs };
  requireExpandable(record);
  if (Buffer.byteLength(JSON.stringify(record)) > MAX_RECORD_BYTES) {
    throw new ServiceError('ingest/payload-too-large', `a calendar may take ${MAX_RECORD_BYTES} bytes`);
  }
  // Put again it reaches five years from now, also where it says the same.
  const stored = await putRecord(calendars, request.workspace, { id: calendarId, record, isSame: () => false });
  return jsonResponse(200, calendarJson(stored, request.nowMs));
}

/** A calendar as JSON, or a file of a calendar program, whose effects are query parameters. */
function readBody(request: HttpRequest): CalendarRequest {
  const mediaType = (request.headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase();
  if (mediaType === 'application/json') {
    readParameters(request.query, []);
    return parseCalendarBody(request.body);
  }
  if (mediaType === 'text/calendar') return fromFile(request.body, readParameters(request.query, FILE_PARAMETERS));
  throw new ServiceError('ingest/media-type-unsupported', 'calendars are put as application/json or text/calendar');
}

function fromFile(body: Uint8Array, parameters: Parameters): CalendarRequest {
  const given = parameters.one('time_zone');
  const file = readFile(readText(body), given);
  const timeZone = given ?? file.timeZone;
  if (timeZone === undefined) {
    throw new ServiceError('platform/request-invalid', 'the file names no time zone: say time_zone=Europe/Berlin');
  }
  if (file.events.length === 0 || file.events.length > MAX_EVENTS) {
    throw new ServiceError(
      'platform/request-invalid',
      `the file has ${file.events.length} events, 1 to ${MAX_EVENTS} are allowed`,
    );
  }
  const shiftSeconds = Number(parameters.one('shift_seconds') ?? 0);
  if (!Number.isInteger(shiftSeconds) || Math.abs(shiftSeconds) > 86_400) {
    throw new ServiceError('platform/request-invalid', 'shift_seconds must be a whole number, at most a day');
  }
  return {
    title: file.title,
    timeZone,
    selector: [...readLabelFilters(parameters)].sort((a, b) => (a.name < b.name ? -1 : 1)),
    muteAlerts: readFlag(parameters, 'mute_alerts'),
    excludeFromTraining: readFlag(parameters, 'exclude_from_training'),
    shiftMs: shiftSeconds * 1_000,
    events: file.events,
  };
}

function readFile(text: string, given: string | undefined): ICalendarFile {
  try {
    return readICalendar(text, (tzid) => (isZone(tzid) ? tzid : given));
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause;
    throw new ServiceError('platform/request-invalid', cause.message, { cause });
  }
}

function isZone(name: string): boolean {
  try {
    createUtcOffset(name);
    return true;
  } catch {
    return false;
  }
}

function readFlag(parameters: Parameters, name: string): boolean {
  const text = parameters.one(name) ?? 'false';
  if (text !== 'true' && text !== 'false') {
    throw new ServiceError('platform/request-invalid', `${name} must be true or false`);
  }
  return text === 'true';
}
