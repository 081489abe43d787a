import type { LogSeverity } from '../../data/segments/batch.ts';

/** Words that loggers, syslog and OpenTelemetry use, in lower case. */
const SEVERITY_OF = new Map<string, LogSeverity>([
  ['trace', 'trace'],
  ['verbose', 'trace'],
  ['finest', 'trace'],
  ['debug', 'debug'],
  ['dbg', 'debug'],
  ['fine', 'debug'],
  ['info', 'info'],
  ['information', 'info'],
  ['informational', 'info'],
  ['notice', 'info'],
  ['warn', 'warn'],
  ['warning', 'warn'],
  ['error', 'error'],
  ['err', 'error'],
  ['severe', 'error'],
  ['fatal', 'fatal'],
  ['critical', 'fatal'],
  ['crit', 'fatal'],
  ['alert', 'fatal'],
  ['emerg', 'fatal'],
  ['emergency', 'fatal'],
  ['panic', 'fatal'],
]);

/** One of our six words for the sender's; OpenTelemetry's grades (`ERROR2`) fall together; else `unknown`. */
export function normaliseSeverity(text: string): LogSeverity {
  const word = text
    .trim()
    .toLowerCase()
    .replace(/[2-4]$/, '');
  return SEVERITY_OF.get(word) ?? 'unknown';
}
