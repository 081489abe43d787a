/** One message to people and how far it got. Delivered at least once; its identifier makes a repeat recognisable. */
export interface Delivery {
  /** Deterministic: hash of workspace, kind, period and recipient. */
  readonly deliveryId: string;
  readonly kind: 'digest';
  readonly recipient: string;
  readonly subject: string;
  readonly createdAtMs: number;
  readonly status: 'pending' | 'sent' | 'failed';
  readonly attempts: number;
  /** Not tried again before; null before the first attempt and after the last. */
  readonly nextAttemptMs: number | null;
  readonly sentAtMs: number | null;
  /** Where it went: a path of the outbox, or the mail server's answer. */
  readonly receipt: string | null;
  readonly error: string | null;
  /** Key of the object that holds the finished MIME message. */
  readonly messageKey: string;
}
