/** The present in UTC milliseconds: the only place that reads it. Rooms are given a time, or a function that tells it. */
export function systemNowMs(): number {
  return Date.now();
}
