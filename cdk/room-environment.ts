import type { Room } from './rooms.ts';

/** What rooms are told, by the name of the environment variable that says it. */
export interface Variables {
  readonly FOREWARN_LOG_LEVEL: string;
  readonly FOREWARN_BUCKET: string;
  readonly FOREWARN_TABLE: string;
  readonly FOREWARN_QUEUE_URL: string;
  readonly FOREWARN_PEPPER_SECRET_ARN: string;
  readonly FOREWARN_SHARD_COUNT: string;
  readonly FOREWARN_MAIL_FROM: string;
  readonly FOREWARN_MAIL_TO: string;
  readonly FOREWARN_PUBLIC_URL: string;
  readonly FOREWARN_TIME_ZONE: string;
}

type Name = keyof Variables;

const STORES: readonly Name[] = ['FOREWARN_LOG_LEVEL', 'FOREWARN_BUCKET', 'FOREWARN_TABLE', 'FOREWARN_SHARD_COUNT'];
const KEYS: readonly Name[] = ['FOREWARN_PEPPER_SECRET_ARN'];
const MAIL: readonly Name[] = ['FOREWARN_MAIL_FROM', 'FOREWARN_MAIL_TO', 'FOREWARN_PUBLIC_URL', 'FOREWARN_TIME_ZONE'];

/** The same names as in the schemas of `functions/platform/env.ts`; a test compares the two. */
const NAMES: Readonly<Record<Room, readonly Name[]>> = {
  ingest: [...STORES, ...KEYS, 'FOREWARN_QUEUE_URL'],
  detect: [...STORES, 'FOREWARN_TIME_ZONE'],
  survey: [...STORES, 'FOREWARN_TIME_ZONE'],
  forecast: [...STORES, 'FOREWARN_TIME_ZONE'],
  train: [...STORES, 'FOREWARN_TIME_ZONE'],
  decide: STORES,
  report: [...STORES, ...MAIL],
  notify: [...STORES, 'FOREWARN_MAIL_FROM'],
  query: [...STORES, ...KEYS, 'FOREWARN_TIME_ZONE'],
};

export function roomEnvironment(room: Room, variables: Variables): Readonly<Record<string, string>> {
  return Object.fromEntries(NAMES[room].map((name) => [name, variables[name]]));
}
