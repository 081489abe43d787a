const SHAPE = /^(\d{4})-(\d\d)-(\d\d)[Tt](\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?(?:[Zz]|([+-])(\d\d):(\d\d))$/;

/**
 * UTC milliseconds of an RFC 3339 time with an offset; undefined for anything else, and for days that do not exist.
 * Digits beyond milliseconds are cut off.
 */
export function parseRfc3339(text: string): number | undefined {
  const match = SHAPE.exec(text);
  if (match === null) return undefined;
  const [year, month, day, hour, minute, second] = match.slice(1, 7).map(Number) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const [fraction = '', sign, offsetHours = '0', offsetMinutes = '0'] = match.slice(7);
  const milliseconds = Number(fraction.slice(0, 3).padEnd(3, '0'));
  const localMs = Date.UTC(year, month - 1, day, hour, minute, second, milliseconds);
  // Date.UTC repairs 30 February and 25 o'clock, and takes years below 100 for the 20th century: those come out changed.
  const written = `${match[1]}-${match[2]}-${match[3]}T${match[4]}:${match[5]}:${match[6]}`;
  if (!new Date(localMs).toISOString().startsWith(written)) return undefined;
  if (Number(offsetHours) > 23 || Number(offsetMinutes) > 59) return undefined;
  const offsetMs = (Number(offsetHours) * 60 + Number(offsetMinutes)) * 60_000;
  return sign === '-' ? localMs + offsetMs : localMs - offsetMs;
}

/** RFC 3339 in UTC. */
export function formatRfc3339(timestampMs: number): string {
  return new Date(timestampMs).toISOString();
}
