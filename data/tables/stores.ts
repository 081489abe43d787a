import type { Anomaly } from '../../models/domain/anomaly.ts';
import type { Baseline } from '../../models/domain/baseline.ts';
import type { Calendar } from '../../models/domain/calendar.ts';
import type { Change } from '../../models/domain/change.ts';
import type { Delivery } from '../../models/domain/delivery.ts';
import type { DetectionPolicy } from '../../models/domain/detection-policy.ts';
import type { Feedback } from '../../models/domain/feedback.ts';
import type { Forecast } from '../../models/domain/forecast.ts';
import type { Issue } from '../../models/domain/issue.ts';
import type { Limit } from '../../models/domain/limit.ts';
import type { Prediction } from '../../models/domain/prediction.ts';
import { metricName, type Series } from '../../models/domain/series.ts';
import type { Table } from '../contracts.ts';
import { createRecords, type Records } from './records.ts';

/** What is looked up by name: one collection of records for each word of the domain. */
export interface Stores {
  readonly series: Records<Series>;
  readonly limits: Records<Limit>;
  readonly forecasts: Records<Forecast>;
  readonly predictions: Records<Prediction>;
  readonly anomalies: Records<Anomaly>;
  readonly issues: Records<Issue>;
  readonly changes: Records<Change>;
  readonly deliveries: Records<Delivery>;
  readonly policies: Records<DetectionPolicy>;
  readonly calendars: Records<Calendar>;
  readonly baselines: Records<Baseline>;
  readonly feedback: Records<Feedback>;
}

export function createStores(table: Table): Stores {
  return {
    series: createRecords<Series>(table, {
      kind: 'series',
      idOf: (series) => series.seriesId,
      indexOf: (series) => ({ value: metricName(series.labels), sort: series.seriesId }),
    }),
    limits: createRecords<Limit>(table, { kind: 'limit', idOf: (limit) => limit.limitId }),
    forecasts: createRecords<Forecast>(table, { kind: 'forecast', idOf: (forecast) => forecast.seriesId }),
    predictions: createRecords<Prediction>(table, {
      kind: 'prediction',
      idOf: (prediction) => prediction.predictionId,
      indexOf: (prediction) => byTime(prediction.status, prediction.dueAtMs, prediction.predictionId),
    }),
    anomalies: createRecords<Anomaly>(table, {
      kind: 'anomaly',
      idOf: (anomaly) => anomaly.anomalyId,
      indexOf: (anomaly) => byTime(anomaly.status, anomaly.lastAtMs, anomaly.anomalyId),
    }),
    issues: createRecords<Issue>(table, {
      kind: 'issue',
      idOf: (issue) => issue.issueId,
      indexOf: (issue) => byTime(issue.status, issue.updatedAtMs, issue.issueId),
    }),
    changes: createRecords<Change>(table, { kind: 'change', idOf: (change) => change.changeId }),
    deliveries: createRecords<Delivery>(table, {
      kind: 'delivery',
      idOf: (delivery) => delivery.deliveryId,
      indexOf: (delivery) => byTime(delivery.status, delivery.createdAtMs, delivery.deliveryId),
    }),
    policies: createRecords<DetectionPolicy>(table, { kind: 'policy', idOf: (policy) => policy.policyId }),
    calendars: createRecords<Calendar>(table, { kind: 'calendar', idOf: (calendar) => calendar.calendarId }),
    baselines: createRecords<Baseline>(table, { kind: 'baseline', idOf: (baseline) => baseline.baselineId }),
    feedback: createRecords<Feedback>(table, { kind: 'feedback', idOf: (feedback) => feedback.feedbackId }),
  };
}

function byTime(value: string, timestampMs: number, id: string): { value: string; sort: string } {
  return { value, sort: `${new Date(timestampMs).toISOString()}#${id}` };
}
