import { createHash } from 'node:crypto';
import * as z from 'zod';
import { ServiceError } from '../../functions/platform/errors.ts';
import type { NeuralModel } from '../../models/domain/neural-model.ts';

/** Version of the manifest and of what the parameters in it mean. */
const VERSION = 1;
const BYTES_EACH = 4;

const count = z.number().int().min(0);
const manifestEntry = z.object({
  /** Which of the two places holds the parameters. */
  slot: z.number().int().min(0).max(1),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  parameters: z.number().int().min(1),
  layout: z.object({
    seasonPoints: z.number().int().min(1),
    windowPoints: z.number().int().min(1),
    horizonPoints: z.number().int().min(1),
  }),
  hiddenSizes: z.array(z.number().int().min(1)),
  training: z.object({
    trainedAtMs: z.number(),
    fromMs: z.number(),
    untilMs: z.number(),
    seed: z.number(),
    series: count,
    windows: count,
    steps: count,
    stoppedBy: z.enum(['no_improvement', 'steps', 'time']),
    loss: z.number(),
    holdout: z.object({ windows: count, error: z.number(), seasonalNaiveError: z.number() }),
  }),
});
const manifest = z.object({ version: z.literal(VERSION), models: z.array(manifestEntry).max(2) });

export type ManifestEntry = z.infer<typeof manifestEntry>;

export function encodeManifest(models: readonly ManifestEntry[]): Uint8Array {
  return Buffer.from(`${JSON.stringify({ version: VERSION, models }, null, 2)}\n`);
}

/** Newest first. Throws `store/corrupt`, or `store/version-unknown` for what a newer release has written. */
export function decodeManifest(bytes: Uint8Array): readonly ManifestEntry[] {
  const found = parseJson(bytes);
  const version = z.object({ version: z.number() }).safeParse(found);
  if (version.success && version.data.version > VERSION) {
    throw new ServiceError(
      'store/version-unknown',
      `neural manifest: version must be at most ${VERSION}, got ${version.data.version}`,
    );
  }
  const parsed = manifest.safeParse(found);
  if (parsed.success) return parsed.data.models;
  const [issue] = parsed.error.issues;
  throw new ServiceError('store/corrupt', `neural manifest: ${issue?.path.join('.')}: ${issue?.message}`);
}

export interface EncodedModel {
  readonly entry: ManifestEntry;
  /** Parameters as float32, little-endian. */
  readonly bytes: Uint8Array;
}

export function encodeModel({ network, training }: NeuralModel, slot: number): EncodedModel {
  const { layout, hiddenSizes, parameters } = network;
  const bytes = new Uint8Array(parameters.length * BYTES_EACH);
  const view = new DataView(bytes.buffer);
  for (const [i, parameter] of parameters.entries()) view.setFloat32(i * BYTES_EACH, parameter, true);
  const entry = {
    slot,
    sha256: digestOf(bytes),
    parameters: parameters.length,
    layout: { ...layout },
    hiddenSizes: [...hiddenSizes],
    training: { ...training, holdout: { ...training.holdout } },
  };
  return { entry, bytes };
}

/** Throws `store/corrupt` where the bytes are not those that the manifest speaks of. */
export function decodeModel(entry: ManifestEntry, bytes: Uint8Array): NeuralModel {
  const corrupt = (what: string): ServiceError => new ServiceError('store/corrupt', `neural parameters: ${what}`);
  const wanted = entry.parameters * BYTES_EACH;
  if (bytes.length !== wanted) throw corrupt(`must be ${wanted} bytes, got ${bytes.length}`);
  if (digestOf(bytes) !== entry.sha256) throw corrupt('not those that the manifest names');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const parameters = Float32Array.from({ length: entry.parameters }, (_, i) => view.getFloat32(i * BYTES_EACH, true));
  if (!parameters.every(Number.isFinite)) throw corrupt('not all of them are finite');
  const { layout, hiddenSizes, training } = entry;
  return { network: { layout, hiddenSizes, parameters }, training };
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(bytes).toString());
  } catch (cause) {
    throw new ServiceError('store/corrupt', 'neural manifest: not JSON', { cause });
  }
}

function digestOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
