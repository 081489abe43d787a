import type { LimitName } from '../../data/tables/workspace-limits.ts';

/** Limits that are not those of taking data in; each kind has its own test. */
export const QUERY_LIMITS = [
  'queryPoints',
  'queryRangeDays',
  'pageItems',
  'responseBytes',
  'queryMs',
  'concurrentQueries',
  'apiKeys',
] as const satisfies readonly LimitName[];

export const MAIL_LIMITS = ['mailRecipients', 'mailsPerDay'] as const satisfies readonly LimitName[];
