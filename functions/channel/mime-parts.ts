/** One leaf of a MIME tree, decoded. */
export interface MimePart {
  /** Lower case, without parameters. */
  readonly contentType: string;
  /** Without angle brackets; null where the part has none. */
  readonly contentId: string | null;
  readonly bytes: Uint8Array;
}

/** Value of the first header with this name, unfolded; undefined where the message has none. */
export function readHeader(mime: Uint8Array, name: string): string | undefined {
  return headersOf(splitHead(toBinary(mime)).head).get(name.toLowerCase());
}

/** The leaves of a message that the report composed: it knows multipart, quoted-printable and base64, not all of MIME. */
export function readMimeParts(mime: Uint8Array): readonly MimePart[] {
  return readEntity(toBinary(mime));
}

function readEntity(entity: string): readonly MimePart[] {
  const { head, body } = splitHead(entity);
  const headers = headersOf(head);
  const type = headers.get('content-type') ?? 'text/plain';
  const boundary = /boundary="?([^";]+)"?/i.exec(type)?.[1];
  if (boundary !== undefined) {
    const pieces = `\r\n${body}`.split(`\r\n--${boundary}`).slice(1);
    return pieces.filter((piece) => !piece.startsWith('--')).flatMap((piece) => readEntity(piece.replace(/^\r\n/, '')));
  }
  return [
    {
      contentType: type.split(';')[0]?.trim().toLowerCase() ?? '',
      contentId: headers.get('content-id')?.replace(/[<>]/g, '') ?? null,
      bytes: decodeBody(body, headers.get('content-transfer-encoding')?.toLowerCase()),
    },
  ];
}

function decodeBody(body: string, encoding: string | undefined): Uint8Array {
  if (encoding === 'base64') return Buffer.from(body, 'base64');
  if (encoding !== 'quoted-printable') return Buffer.from(body, 'latin1');
  const joined = body.replace(/=\r\n/g, '');
  const decoded = joined.replace(/=([0-9A-F]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return Buffer.from(decoded, 'latin1');
}

function splitHead(entity: string): { readonly head: string; readonly body: string } {
  const end = entity.indexOf('\r\n\r\n');
  return end < 0 ? { head: entity, body: '' } : { head: entity.slice(0, end), body: entity.slice(end + 4) };
}

function headersOf(head: string): ReadonlyMap<string, string> {
  const headers = new Map<string, string>();
  for (const line of head.replace(/\r\n[ \t]+/g, ' ').split('\r\n')) {
    const colon = line.indexOf(':');
    const name = line.slice(0, colon).toLowerCase();
    if (colon > 0 && !headers.has(name)) headers.set(name, line.slice(colon + 1).trim());
  }
  return headers;
}

/** One character for each byte, so that text operations cut at bytes. */
function toBinary(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
}
