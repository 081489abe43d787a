const UNIT_MS = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
const SHAPE = /^(\d{1,9}(?:\.\d{1,3})?)([smhd])$/;

/** Milliseconds of `14d`, `36h`, `90m`, `30s`, or of a number of seconds; undefined for anything else. */
export function parseDuration(given: string | number): number | undefined {
  if (typeof given === 'number') return Math.round(given * UNIT_MS.s);
  const match = SHAPE.exec(given);
  if (match === null) return undefined;
  return Math.round(Number(match[1]) * UNIT_MS[match[2] as keyof typeof UNIT_MS]);
}

/** The shortest exact form: `14d`, `36h`, `90m`, `1.5s`. */
export function formatDuration(durationMs: number): string {
  for (const unit of ['d', 'h', 'm'] as const) {
    if (durationMs >= UNIT_MS[unit] && durationMs % UNIT_MS[unit] === 0) return `${durationMs / UNIT_MS[unit]}${unit}`;
  }
  return `${durationMs / UNIT_MS.s}s`;
}
