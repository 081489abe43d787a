import type { Refusal } from './validate.ts';
import type { LabelPair } from './validate-labels.ts';
import { quote } from './validate-rejections.ts';

/**
 * The labels of a stream as text, `{app="shop", pod="a-1"}`, as Loki's protobuf has them: names of letters, digits and
 * underscores or in quotes, values in double quotes or backticks. Anything else is refused, and never guessed at.
 *
 * Stops soon after maxLabels: three bytes make a label, and a request has room for a million of them.
 */
export function parseLabelsText(text: string, maxLabels: number): LabelPair[] | Refusal {
  const pairs: LabelPair[] = [];
  let at = passSpace(text, 0);
  if (text[at] !== '{') return refuse('does not begin with {', text);
  at = passSpace(text, at + 1);
  while (text[at] !== '}') {
    const name = readName(text, at);
    if (name === undefined) return refuse(`expected a label name at ${at}`, text);
    at = passSpace(text, name.end);
    if (text[at] !== '=') return refuse(`expected = at ${at}`, text);
    at = passSpace(text, at + 1);
    const value = readQuoted(text, at);
    if (value === undefined) return refuse(`expected a value in quotes at ${at}`, text);
    pairs.push([name.text, value.text]);
    if (pairs.length > maxLabels) return pairs;
    at = passSpace(text, value.end);
    if (text[at] === ',') at = passSpace(text, at + 1);
    else if (text[at] !== '}') return refuse(`expected , or } at ${at}`, text);
  }
  return passSpace(text, at + 1) === text.length ? pairs : refuse('something follows the }', text);
}

interface Read {
  readonly text: string;
  readonly end: number;
}

const SPACE = /[ \t\r\n]*/y;
const NAME = /[A-Za-z_][A-Za-z0-9_]*/y;
const PLAIN = /[^"\\\n]*/y;
const RAW = /`([^`]*)`/y;
const ESCAPE = /\\(?:([abfnrtv\\'"])|x([0-9A-Fa-f]{2})|([0-3][0-7]{2})|u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8}))/y;

const ESCAPED: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '\\': '\\',
  "'": "'",
  '"': '"',
};

function passSpace(text: string, at: number): number {
  SPACE.lastIndex = at;
  SPACE.test(text);
  return SPACE.lastIndex;
}

function readName(text: string, at: number): Read | undefined {
  if (text[at] === '"') return readQuoted(text, at);
  NAME.lastIndex = at;
  const name = NAME.exec(text)?.[0];
  return name === undefined ? undefined : { text: name, end: NAME.lastIndex };
}

/** A quoted text as the language Go has it, since that is what writes these. */
function readQuoted(text: string, start: number): Read | undefined {
  if (text[start] === '`') {
    RAW.lastIndex = start;
    const raw = RAW.exec(text)?.[1];
    return raw === undefined ? undefined : { text: raw, end: RAW.lastIndex };
  }
  if (text[start] !== '"') return undefined;
  const parts: string[] = [];
  let at = start + 1;
  for (;;) {
    PLAIN.lastIndex = at;
    parts.push(PLAIN.exec(text)?.[0] ?? '');
    at = PLAIN.lastIndex;
    if (text[at] === '"') return { text: parts.join(''), end: at + 1 };
    ESCAPE.lastIndex = at;
    const escaped = readEscape(ESCAPE.exec(text));
    if (escaped === undefined) return undefined;
    parts.push(escaped);
    at = ESCAPE.lastIndex;
  }
}

/** Undefined where it is none, or where it stands for a byte that is no character by itself: that text is not UTF-8. */
function readEscape(found: RegExpExecArray | null): string | undefined {
  if (found === null) return undefined;
  const [, mark, hex, octal, short, long] = found;
  if (mark !== undefined) return ESCAPED[mark];
  if (hex !== undefined || octal !== undefined) {
    const byte = hex === undefined ? Number.parseInt(octal ?? '', 8) : Number.parseInt(hex, 16);
    return byte < 0x80 ? String.fromCharCode(byte) : undefined;
  }
  const codePoint = Number.parseInt(short ?? long ?? '', 16);
  const isSurrogate = codePoint >= 0xd800 && codePoint <= 0xdfff;
  return codePoint > 0x10ffff || isSurrogate ? undefined : String.fromCodePoint(codePoint);
}

function refuse(what: string, text: string): Refusal {
  return { code: 'labels_invalid', detail: `labels ${quote(text)}: ${what}` };
}
