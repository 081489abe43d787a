import { ServiceError } from '../../functions/platform/errors.ts';
import type { NeuralModel } from '../../models/domain/neural-model.ts';
import type { Objects } from '../contracts.ts';
import { decodeManifest, decodeModel, encodeManifest, encodeModel, type ManifestEntry } from './model-codec.ts';

export interface NeuralStore {
  /** When the newest model was trained; undefined where there is none. */
  trainedAtMs(workspace: string): Promise<number | undefined>;
  /** The newest model that can be read; undefined where there is none. */
  newest(workspace: string): Promise<NeuralModel | undefined>;
  /** Keeps the model and the one before it. A conflict means that another training has ended meanwhile. */
  add(workspace: string, model: NeuralModel): Promise<'stored' | 'conflict'>;
}

const SLOTS = 2;

/**
 * The trained models of each workspace: a manifest, and two places for parameters that are used in turn.
 *
 * A crash between the two writes leaves the older place with parameters that the manifest does not name: the newest
 * model stays whole. A damaged model, or one of a newer release, is told to `onUnsound` and passed over: it can be
 * trained again, and a forecast does without.
 */
export function createNeuralStore(objects: Objects, onUnsound: (error: ServiceError) => void): NeuralStore {
  const passOver = (error: unknown): undefined => {
    if (!(error instanceof ServiceError)) throw error;
    onUnsound(error);
    return undefined;
  };
  const readEntries = async (workspace: string): Promise<readonly ManifestEntry[]> => {
    const stored = await objects.get(manifestKey(workspace));
    try {
      return stored === undefined ? [] : decodeManifest(stored.bytes);
    } catch (error) {
      return passOver(error) ?? [];
    }
  };
  return {
    async trainedAtMs(workspace) {
      return (await readEntries(workspace))[0]?.training.trainedAtMs;
    },
    async newest(workspace) {
      for (const entry of await readEntries(workspace)) {
        const stored = await objects.get(weightsKey(workspace, entry.slot));
        try {
          return decodeModel(entry, stored?.bytes ?? new Uint8Array(0));
        } catch (error) {
          passOver(error);
        }
      }
      return undefined;
    },
    async add(workspace, model) {
      const stored = await objects.get(manifestKey(workspace));
      const entries = stored === undefined ? [] : entriesToKeep(stored.bytes);
      const { entry, bytes } = encodeModel(model, ((entries[0]?.slot ?? SLOTS - 1) + 1) % SLOTS);
      await objects.put(weightsKey(workspace, entry.slot), bytes);
      const condition =
        stored === undefined ? ({ kind: 'absent' } as const) : ({ kind: 'match', etag: stored.etag } as const);
      const kept = [entry, ...entries.slice(0, SLOTS - 1)];
      const result = await objects.put(manifestKey(workspace), encodeManifest(kept), condition);
      return result.kind;
    },
  };
}

/** A damaged manifest is replaced; one of a newer release is not ours to replace. */
function entriesToKeep(bytes: Uint8Array): readonly ManifestEntry[] {
  try {
    return decodeManifest(bytes);
  } catch (error) {
    if (error instanceof ServiceError && error.code === 'store/corrupt') return [];
    throw error;
  }
}

function manifestKey(workspace: string): string {
  return `neural/${workspace}/manifest.json`;
}

function weightsKey(workspace: string, slot: number): string {
  return `neural/${workspace}/weights-${slot}.f32`;
}
