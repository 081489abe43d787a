import type { Table } from '../data/contracts.ts';

/** What the first start has begun and finished, so that one that was cut off is taken up where it stopped. */
export interface SampleSetup {
  /** End of the sample, fixed at the first try: the same times give the same segments, which are stored once. */
  readonly endMs: number;
  readonly done: boolean;
}

function placeOf(workspace: string) {
  return { partition: `${workspace}#setup`, sort: 'sample' };
}

export async function readSampleSetup(table: Table, workspace: string): Promise<SampleSetup | undefined> {
  const item = await table.get(placeOf(workspace));
  return item && { endMs: Number(item.body.endMs), done: item.body.done === true };
}

export async function writeSampleSetup(table: Table, workspace: string, setup: SampleSetup): Promise<void> {
  await table.put({ ...placeOf(workspace), body: { ...setup } });
}
