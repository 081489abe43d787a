import type { Labels, SeriesId } from './series.ts';

/** The last two are found by looking at several series together; so is `missing`. */
export type AnomalyType = 'spike' | 'dip' | 'level_shift' | 'missing' | 'group' | 'outlier';

/** A series that an anomaly of several is about. */
export interface AnomalyMember {
  readonly seriesId: SeriesId;
  readonly labels: Labels;
  /** How far from its usual, in standard deviations; of an absence, five minutes away. */
  readonly deviation: number;
  /** Part of the anomaly that is its own, 0 to 1. */
  readonly share: number;
}

/** An earlier anomaly of the same series. */
export interface PastAnomaly {
  readonly anomalyId: string;
  readonly type: AnomalyType;
  readonly startedAtMs: number;
  readonly lastAtMs: number;
  /** What was seen minus what had been expected, at the highest score. */
  readonly deviation: number;
}

/** Occurrence of an event of a calendar. */
export interface CalendarOccurrence {
  readonly calendarId: string;
  readonly title: string;
  readonly startMs: number;
  /** Excluded. */
  readonly endMs: number;
}

/** One stretch in which a series did what was not expected of it. A score above 1 means anomalous, everywhere. */
export interface Anomaly {
  /** Deterministic: hash of workspace, detector, series and onset. */
  readonly anomalyId: string;
  readonly seriesId: SeriesId;
  readonly labels: Labels;
  readonly detector: string;
  readonly type: AnomalyType;
  /** `muted`: it goes no further than what people have called not useful; nobody is told. */
  readonly status: 'open' | 'closed' | 'muted';
  readonly startedAtMs: number;
  /** Time of the last anomalous sample so far. */
  readonly lastAtMs: number;
  /** Null while it is open. */
  readonly endedAtMs: number | null;
  /** Number of anomalous samples so far. */
  readonly points: number;
  /** Score when it opened, and the highest since. */
  readonly initialScore: number;
  readonly score: number;
  /** What was seen at the highest score, and what had been expected then. */
  readonly actual: number;
  readonly expected: number;
  readonly lower: number;
  readonly upper: number;
  /** Time of the highest score. */
  readonly peakAtMs?: number;
  /** What the highest score is due to, largest first; left out where the detector does not say. */
  readonly attribution?: readonly { readonly component: string; readonly share: number }[];
  /**
   * The model that judged it: how many samples it had learned, the newest of them at that time; and by the shape of how
   * many peers it judged, where the series was too new to be judged by its own.
   */
  readonly model?: {
    readonly version: number;
    readonly trainedToMs: number;
    readonly samples: number;
    readonly peers?: number;
  };
  /** Earlier anomalies of the series of the same kind and size, newest first; left out where there was none. */
  readonly similarPast?: readonly PastAnomaly[];
  /** The feedback that mutes it; only where it is muted. */
  readonly mutedBy?: string;
  /** Changes in whose watch window it began, latest first; left out where there was none. */
  readonly changeIds?: readonly string[];
  /** Events of calendars that were in force while it lasted; left out where there was none. */
  readonly calendar?: readonly CalendarOccurrence[];
  /** Series that it is about, those with the largest part first, at most ten; left out where it is about one. */
  readonly members?: readonly AnomalyMember[];
  /** How many series have moved or are away; and of how many, or among how many peers. */
  readonly affectedSeries?: number;
  readonly totalSeries?: number;
  /** One English sentence. */
  readonly reason: string;
}
