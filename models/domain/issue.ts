/** Something for people: what belongs together of a workspace, a service and a time. */
export interface Issue {
  /** Deterministic: hash of workspace, service, kind and the onset of its first member. */
  readonly issueId: string;
  readonly kind: 'anomaly' | 'prediction';
  /** The `service` label of its members, else their `job`, `instance` or metric name. */
  readonly service: string;
  readonly title: string;
  readonly status: 'open' | 'resolved';
  readonly severity: 'critical' | 'warning' | 'info';
  readonly openedAtMs: number;
  readonly updatedAtMs: number;
  readonly resolvedAtMs: number | null;
  readonly anomalyIds: readonly string[];
  readonly predictionIds: readonly string[];
  /** Changes shortly before its onset, nearest first. */
  readonly suspectChangeIds: readonly string[];
}
