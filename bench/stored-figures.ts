import { RESOLUTIONS } from '../data/state/shard-state.ts';
import { localEnv } from '../functions/platform/env-local.ts';
import { readStoredBytes, type StoredBytes } from './stored-bytes.ts';
import { housekeepAndCount, type StoredSamples } from './stored-samples.ts';

const LATER_MS = 3 * 86_400_000;

/**
 * What a stopped service keeps for each sample: as it arrived, and at rest, which is after its own housekeeping as of three
 * days later. This is done to the directory.
 */
export async function measureStored(directory: string, nowMs: number) {
  const arrived = readStoredBytes(directory);
  const { segmentRetentionMs } = localEnv.parse({});
  const counted = await housekeepAndCount(directory, nowMs + LATER_MS, segmentRetentionMs);
  return figuresOf(arrived, readStoredBytes(directory), counted);
}

function figuresOf(arrived: StoredBytes, atRest: StoredBytes, counted: StoredSamples) {
  const { samples, series, rows, archivedRows } = counted;
  const perSample = (bytes: number): number => Math.round((100 * bytes) / samples) / 100;
  /** What all rows of a resolution will take: those that wait as much as those that are in chunks. */
  const archiveBytes = (resolution: keyof StoredSamples['rows']): number =>
    (atRest.archiveBytesByResolution[resolution] * rows[resolution]) / Math.max(1, archivedRows[resolution]);
  const allArchiveBytes = RESOLUTIONS.reduce((sum, resolution) => sum + archiveBytes(resolution), 0);
  return {
    bytesPerSample: perSample(atRest.segmentBytes + allArchiveBytes),
    bytesPerSampleWithStates: perSample(
      atRest.segmentBytes + atRest.archiveBytes + atRest.stateBytes + atRest.checkpointBytes,
    ),
    segmentBytesPerSample: perSample(arrived.segmentBytes),
    segmentBytesPerSampleAtRest: perSample(atRest.segmentBytes),
    archiveBytesPerSample: perSample(allArchiveBytes),
    archiveBytesPerSampleRaw: perSample(archiveBytes('raw')),
    archiveBytesPerSample5m: perSample(archiveBytes('5m')),
    archiveBytesPerSample1h: perSample(archiveBytes('1h')),
    directoryBytesPerSample: perSample(arrived.totalBytes),
    directoryBytesPerSampleAtRest: perSample(atRest.totalBytes - atRest.freeBytes),
    stateBytesPerSeries: Math.round(atRest.stateBytes / series),
    checkpointBytesPerSeries: Math.round(atRest.checkpointBytes / series),
    tableBytesPerSeries: Math.round(atRest.tableBytes / series),
    samples,
    archivedRawRows: archivedRows.raw,
    series,
  };
}
