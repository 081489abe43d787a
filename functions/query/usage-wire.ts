import { LIMIT_NAMES } from '../../data/tables/workspace-limits.ts';
import type { Usage } from './dependencies.ts';
import { timeJson } from './wire.ts';

/** Reasons and limits by name, in alphabetical order. */
export function usageJson({ sinceMs, accepted, discarded, muted, limits, current }: Usage) {
  return {
    since: timeJson(sinceMs),
    accepted,
    discarded: Object.fromEntries(
      [...discarded]
        .toSorted(([a], [b]) => (a < b ? -1 : 1))
        .map(([reason, { count, firstAtMs, lastAtMs }]) => [
          reason,
          { count, first_at: timeJson(firstAtMs), last_at: timeJson(lastAtMs) },
        ]),
    ),
    muted_points: Object.fromEntries([...muted].toSorted(([a], [b]) => (a < b ? -1 : 1))),
    limits: Object.fromEntries(
      LIMIT_NAMES.map(
        (name) => [snakeCase(name), { limit: limits[name], current: current[name] ?? null }] as const,
      ).toSorted(([a], [b]) => (a < b ? -1 : 1)),
    ),
  };
}

function snakeCase(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
