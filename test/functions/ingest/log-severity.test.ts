import { expect, test } from 'vitest';
import { severityOfLine } from '../../../functions/ingest/log-severity.ts';

test.each([
  ['level=warn msg="slow"', 'warn'],
  ['ts=1 lvl=eror level=ERROR', 'error'],
  ['{"time":"x","level":"debug","msg":"m"}', 'debug'],
  ['{"level":50,"pid":7}', 'error'],
  ["{'severity': 'CRITICAL'}", 'fatal'],
  ['{"log.level": "info"}', 'info'],
  ['2026-11-21 10:00:00,123 WARNING [main] disk', 'warn'],
  ['[ERROR] no space left', 'error'],
  ['sublevel=error is another field', 'unknown'],
  ['the error was found in the information', 'unknown'],
  ['level=unheard-of ERROR after all', 'error'],
  ['level=9', 'unknown'],
  ['', 'unknown'],
  [`${'x'.repeat(300)} ERROR`, 'unknown'],
])('%s: %s', (line, severity) => {
  expect(severityOfLine(line)).toBe(severity);
});
