import type { MessagePort } from 'node:worker_threads';
import type { LogLevel } from '../functions/platform/log.ts';
import type { AwsPlaces } from './aws-backend.ts';

/** The rooms that run beside ingest and query, in a thread of their own: detection must not hold up an answer. */
export const ANALYTICS_ROOMS = ['survey', 'forecast', 'train', 'decide', 'report', 'notify'] as const;
export type AnalyticsRoom = (typeof ANALYTICS_ROOMS)[number];

export interface AnalyticsSettings {
  readonly shardCount: number;
  readonly segmentRetentionMs: number;
  readonly forecastThreads: number;
  readonly timeZone: string;
  readonly mailFrom: string;
  readonly mailTo: readonly string[];
  readonly publicUrl: string;
  readonly smtpUrl: string | undefined;
  readonly outboxDirectory: string;
  readonly logLevel: LogLevel;
}

export interface AnalyticsData {
  readonly settings: AnalyticsSettings;
  /** How the thread reaches the stores: a port into the embedded one, or the places on AWS. */
  readonly backend:
    | { readonly kind: 'embedded'; readonly port: MessagePort }
    | { readonly kind: 'aws'; readonly places: AwsPlaces };
}

export type ToAnalytics =
  | { readonly kind: 'run'; readonly id: number; readonly room: AnalyticsRoom; readonly nowMs: number }
  /** From now on the rooms run by the clock. */
  | { readonly kind: 'schedule' }
  | { readonly kind: 'stop' };

export type FromAnalytics =
  | { readonly kind: 'ready' }
  | { readonly kind: 'progress'; readonly room: AnalyticsRoom; readonly ratio: number }
  | { readonly kind: 'ran'; readonly id: number; readonly error: string | null }
  | { readonly kind: 'stopped' };
