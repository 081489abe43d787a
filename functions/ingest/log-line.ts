import { isUtf8 } from 'node:buffer';

/** A line as it is kept, and what was done to it. */
export interface KeptLine {
  readonly line: string;
  /** It was longer than allowed. */
  readonly truncated: boolean;
  /** It was no valid text, and U+FFFD stands for what could not be read. */
  readonly replaced: boolean;
}

/** A line within the limit: cut where it is longer, with no half of a character at its end. */
export function keepLine(text: string, maxBytes: number): KeptLine {
  const replaced = !text.isWellFormed();
  const line = replaced ? text.toWellFormed() : text;
  // A UTF-16 unit takes at most three bytes, so most lines need no counting.
  if (line.length * 3 <= maxBytes) return { line, truncated: false, replaced };
  const bytes = Buffer.from(line, 'utf8');
  if (bytes.length <= maxBytes) return { line, truncated: false, replaced };
  return { line: bytes.toString('utf8', 0, wholeCharacters(bytes, 0, maxBytes)), truncated: true, replaced };
}

/** As keepLine, for a line that is bytes from start up to and without end. */
export function keepLineBytes(bytes: Buffer, start: number, end: number, maxBytes: number): KeptLine {
  const truncated = end - start > maxBytes;
  const keptEnd = truncated ? wholeCharacters(bytes, start, start + maxBytes) : end;
  const line = bytes.toString('utf8', start, keptEnd);
  // Only a text that holds the mark may have lost something to it.
  const replaced = line.includes('\ufffd') && !isUtf8(bytes.subarray(start, keptEnd));
  return { line, truncated, replaced };
}

/** The last place up to `end` that is not inside a character. */
function wholeCharacters(bytes: Buffer, start: number, end: number): number {
  let at = end;
  while (at > start && (bytes[at]! & 0xc0) === 0x80) at--;
  return at;
}
