/** What a table says of a record that it cannot hold, whoever asks and however often. */
type Refusal = RangeError | TypeError;

/**
 * Puts all of the records that the table can hold; the others are given to `refused`, one by one. Returns how many those
 * are. Where the store itself fails, it throws as `putMany` does, and the whole may be put again.
 *
 * A batch is refused for one record in it. So it is halved until that one stands alone: one record that can never be
 * stored must not keep back all the others for ever.
 */
export async function putWhatIsTaken<T>(
  records: readonly T[],
  putMany: (records: readonly T[]) => Promise<void>,
  refused: (record: T, why: string) => Promise<void>,
): Promise<number> {
  const [first] = records;
  if (first === undefined) return 0;
  try {
    await putMany(records);
    return 0;
  } catch (error) {
    if (!isRefusal(error)) throw error;
    if (records.length === 1) {
      await refused(first, error.message);
      return 1;
    }
  }
  const middle = records.length >> 1;
  const before = await putWhatIsTaken(records.slice(0, middle), putMany, refused);
  return before + (await putWhatIsTaken(records.slice(middle), putMany, refused));
}

/** Of the rules for items; what the world does is told by a ServiceError. */
function isRefusal(error: unknown): error is Refusal {
  return error instanceof RangeError || error instanceof TypeError;
}
