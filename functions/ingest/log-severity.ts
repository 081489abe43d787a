import type { LogSeverity } from '../../data/segments/batch.ts';
import { normaliseSeverity } from './logs-json-severity.ts';

/** Names under which senders attach the level of a line, in the order of preference. */
export const LEVEL_NAMES = ['level', 'detected_level', 'severity', 'severity_text', 'lvl'] as const;

/** Where a line names its level, it does so near its beginning. */
const SEARCHED_CHARS = 256;

/** `level=warn`, `"level":"error"`, `severity: INFO`, and `"level":50` as pino writes it. */
const FIELD = /(?:^|[\s{,"'[(])(?:log\.?)?(?:level|lvl|severity)["']?\s{0,4}[=:]\s{0,4}["']?([a-z]{3,13}|[1-6]0)\b/i;
/** A level as a word of its own, in capitals: nobody shouts `Info` in the middle of a sentence. */
const WORD =
  /\b(?:TRACE|DEBUG|INFO|NOTICE|WARN|WARNING|ERR|ERROR|SEVERE|FATAL|CRIT|CRITICAL|ALERT|EMERG|EMERGENCY|PANIC)\b/;

const PINO: ReadonlyMap<string, LogSeverity> = new Map([
  ['10', 'trace'],
  ['20', 'debug'],
  ['30', 'info'],
  ['40', 'warn'],
  ['50', 'error'],
  ['60', 'fatal'],
]);

/** The severity that a line itself names; `unknown` where it names none. For senders that have no field for it. */
export function severityOfLine(line: string): LogSeverity {
  const start = line.length > SEARCHED_CHARS ? line.slice(0, SEARCHED_CHARS) : line;
  const field = FIELD.exec(start)?.[1];
  if (field !== undefined) {
    const severity = PINO.get(field) ?? normaliseSeverity(field);
    if (severity !== 'unknown') return severity;
  }
  const word = WORD.exec(start)?.[0];
  return word === undefined ? 'unknown' : normaliseSeverity(word);
}
