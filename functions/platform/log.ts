export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

export type LogFields = Readonly<Record<string, unknown>>;

/** One event, one line of JSON. The event is a fixed phrase; what varies goes into the fields. */
export type LogEvent = (event: string, fields?: LogFields) => void;

export interface Log {
  readonly debug: LogEvent;
  readonly info: LogEvent;
  readonly warn: LogEvent;
  readonly error: LogEvent;
}

export interface LogOptions {
  readonly room: string;
  /** Events below it are left out. */
  readonly level: LogLevel;
  readonly nowMs: () => number;
  /** Where lines go; the console where it is not given. */
  readonly write?: (line: string, level: LogLevel) => void;
}

const RANK: Readonly<Record<LogLevel, number>> = { debug: 0, info: 1, warn: 2, error: 3 };

export function createLog(options: LogOptions): Log {
  const write = options.write ?? writeToConsole;
  const at =
    (level: LogLevel): LogEvent =>
    (event, fields = {}) => {
      if (RANK[level] < RANK[options.level]) return;
      const time = new Date(options.nowMs()).toISOString();
      write(formatLine({ time, level, room: options.room, event, ...fields }), level);
    };
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
}

function writeToConsole(line: string, level: LogLevel): void {
  if (level === 'error' || level === 'warn') console.error(line);
  else console.log(line);
}

const SECRET_NAME = /authorization|api-?key|secret|pepper|password|cookie/i;
/** A key of ours anywhere in a text, and whatever follows a scheme of the Authorization header. */
const SECRET_TEXT = /fwn_[a-z0-9]+_[0-9A-Za-z_]+|\b(?:Bearer|Basic) +[^\s"]+/g;

/** Never throws: a line that cannot be written must not take the request with it. */
function formatLine(entry: LogFields): string {
  try {
    return stringify(entry);
  } catch (cause) {
    const { time, level, room, event } = entry;
    return stringify({ time, level, room, event, unloggable: String(cause) });
  }
}

function stringify(entry: LogFields): string {
  return JSON.stringify(entry, (name, value: unknown) => {
    if (name !== '' && SECRET_NAME.test(name)) return '[redacted]';
    if (typeof value === 'string') return value.replace(SECRET_TEXT, '[redacted]');
    if (typeof value === 'bigint') return value.toString();
    if (value instanceof Error) return errorFields(value);
    return value;
  });
}

/** What an error says of itself, with its causes: `JSON.stringify` alone gives `{}`. */
function errorFields(error: Error): LogFields {
  const { name, message, stack, cause } = error;
  const code: unknown = 'code' in error ? error.code : undefined;
  return { name, message, ...(code !== undefined && { code }), stack, ...(cause !== undefined && { cause }) };
}
