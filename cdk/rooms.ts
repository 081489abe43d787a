import { Duration } from 'aws-cdk-lib';

/** The rooms of the street that run as functions; each has its entry point in `functions/<room>/handler.ts`. */
export const ROOMS = [
  'ingest',
  'detect',
  'survey',
  'forecast',
  'train',
  'decide',
  'report',
  'notify',
  'query',
] as const;

export type Room = (typeof ROOMS)[number];

/** Rooms that a schedule calls, and nobody waits for. */
export const SCHEDULED_ROOMS = ['survey', 'forecast', 'train', 'decide', 'report', 'notify'] as const;

export type ScheduledRoom = (typeof SCHEDULED_ROOMS)[number];

export interface RoomSize {
  /** Processor time grows with it: 1,769 MB are one core. */
  readonly memoryMb: number;
  readonly timeout: Duration;
}

export const ROOM_SIZES: Readonly<Record<Room, RoomSize>> = {
  // Its own deadline is 8 s, after which it answers 503; a function that is cut off answers 500, and senders drop data.
  ingest: { memoryMb: 1_769, timeout: Duration.seconds(15) },
  // A batch that fails is hidden for six times as long, and its shard waits: hence short.
  detect: { memoryMb: 1_769, timeout: Duration.seconds(30) },
  // Called each five minutes: done before the next call.
  survey: { memoryMb: 1_769, timeout: Duration.seconds(290) },
  // The longest there is: it walks every series that is due.
  forecast: { memoryMb: 1_769, timeout: Duration.minutes(15) },
  // One core, and memory for the hours of two thousand series. Its steps end by themselves long before the time does.
  train: { memoryMb: 1_769, timeout: Duration.minutes(15) },
  // Called each minute: done before the next call.
  decide: { memoryMb: 1_024, timeout: Duration.seconds(55) },
  notify: { memoryMb: 512, timeout: Duration.seconds(55) },
  report: { memoryMb: 1_769, timeout: Duration.minutes(5) },
  // The gateway gives up after 29 s.
  query: { memoryMb: 1_024, timeout: Duration.seconds(25) },
};

export function isScheduled(room: Room): room is ScheduledRoom {
  return SCHEDULED_ROOMS.some((scheduled) => scheduled === room);
}
