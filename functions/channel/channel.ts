export interface OutgoingMail {
  readonly deliveryId: string;
  readonly from: string;
  readonly to: string;
  /** The finished RFC 822 message, sent as it is. */
  readonly mime: Uint8Array;
}

/**
 * A way to reach people.
 *
 * `send` resolves when the other side has taken responsibility for the message, with its answer as receipt. A message may
 * be sent again with the same delivery id, and then carries the same Message-ID. What the other side does not take is a
 * ServiceError `notify/channel-refused`: retryable where a later try may succeed, not where it never will.
 */
export interface Channel {
  readonly send: (mail: OutgoingMail) => Promise<{ readonly receipt: string }>;
}
