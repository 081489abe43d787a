import { ServiceError } from '../../functions/platform/errors.ts';
import type { WireError } from './protocol.ts';

const SQLITE_CORRUPT = 11;
const SQLITE_NOT_A_DATABASE = 26;

/** What went wrong in the thread, in a form that structured cloning keeps whole. */
export function toWireError(error: unknown): WireError {
  if (error instanceof RangeError) return { kind: 'range', message: error.message };
  if (error instanceof ServiceError) {
    const { code, message, retryable, details } = error;
    return { kind: 'service', code, message, retryable, details };
  }
  const text = error instanceof Error ? error.message : String(error);
  const details = { sqlite: sqliteErrorNumber(error) };
  if (isDamage(error)) {
    const message = `embedded store is damaged: ${text}`;
    return { kind: 'service', code: 'store/corrupt', message, retryable: false, details };
  }
  return {
    kind: 'service',
    code: 'store/unavailable',
    message: `embedded store failed: ${text}`,
    retryable: true,
    details,
  };
}

export function fromWireError(error: WireError): Error {
  if (error.kind === 'range') return new RangeError(error.message);
  const { code, message, retryable, details } = error;
  return new ServiceError(code, message, { retryable, details });
}

/** SQLite's own number of an error, without its extension; undefined for other errors. */
export function sqliteErrorNumber(error: unknown): number | undefined {
  if (!(error instanceof Error) || !('errcode' in error) || typeof error.errcode !== 'number') return undefined;
  return error.errcode & 0xff;
}

function isDamage(error: unknown): boolean {
  const number = sqliteErrorNumber(error);
  return number === SQLITE_CORRUPT || number === SQLITE_NOT_A_DATABASE;
}
