import { describe, expect, it } from 'vitest';
import { decodeManifest, decodeModel, encodeManifest, encodeModel } from '../../../data/neural/model-codec.ts';
import { createNeuralStore } from '../../../data/neural/model-store.ts';
import type { ServiceError } from '../../../functions/platform/errors.ts';
import type { NeuralModel } from '../../../models/domain/neural-model.ts';
import { createMemoryObjects } from '../../support/memory-objects.ts';

const WORKSPACE = 'abcdefghijkl';

function modelOf(seed: number): NeuralModel {
  return {
    network: {
      layout: { seasonPoints: 24, windowPoints: 168, horizonPoints: 48 },
      hiddenSizes: [4, 2],
      parameters: Float32Array.from({ length: 50 }, (_, i) => Math.fround(seed + i / 3)),
    },
    training: {
      trainedAtMs: 1_000 * seed,
      fromMs: 1,
      untilMs: 2,
      seed,
      series: 3,
      windows: 4_000,
      steps: 500,
      stoppedBy: 'steps',
      loss: 0.5,
      holdout: { windows: 3, error: 0.7, seasonalNaiveError: 1.1 },
    },
  };
}

function setUp() {
  const objects = createMemoryObjects();
  const unsound: ServiceError[] = [];
  return { objects, unsound, store: createNeuralStore(objects, (error) => unsound.push(error)) };
}

describe('the store of neural models', () => {
  it('gives back the model that was added, bit by bit', async () => {
    const { store, unsound } = setUp();

    expect(await store.newest(WORKSPACE)).toBeUndefined();
    expect(await store.trainedAtMs(WORKSPACE)).toBeUndefined();
    expect(await store.add(WORKSPACE, modelOf(1))).toBe('stored');
    expect(await store.newest(WORKSPACE)).toEqual(modelOf(1));
    expect(await store.trainedAtMs(WORKSPACE)).toBe(1_000);
    expect(await store.newest('othersothers')).toBeUndefined();
    expect(unsound).toEqual([]);
  });

  it('keeps the last two, and falls back on the one before where the newest is damaged', async () => {
    const { store, objects, unsound } = setUp();
    for (const seed of [1, 2, 3]) await store.add(WORKSPACE, modelOf(seed));

    expect(objects.keys('neural/')).toHaveLength(3);
    expect(await store.newest(WORKSPACE)).toEqual(modelOf(3));
    await objects.put(`neural/${WORKSPACE}/weights-0.f32`, new Uint8Array(200));
    expect(await store.newest(WORKSPACE)).toEqual(modelOf(2));
    expect(unsound.map(({ code, message }) => `${code} ${message}`)).toEqual([
      'store/corrupt neural parameters: not those that the manifest names',
    ]);
  });

  it('stays whole where a training crashed before its manifest', async () => {
    const { store, objects } = setUp();
    for (const seed of [1, 2]) await store.add(WORKSPACE, modelOf(seed));
    await objects.put(`neural/${WORKSPACE}/weights-0.f32`, encodeModel(modelOf(3), 0).bytes);

    expect(await store.newest(WORKSPACE)).toEqual(modelOf(2));
  });

  it('trains on behind a manifest that cannot be read, and does not hide it', async () => {
    const { store, objects, unsound } = setUp();
    await objects.put(`neural/${WORKSPACE}/manifest.json`, Buffer.from('{"version":1,"models":[{}]}'));

    expect(await store.newest(WORKSPACE)).toBeUndefined();
    expect(unsound[0]!.code).toBe('store/corrupt');
    expect(await store.add(WORKSPACE, modelOf(4))).toBe('stored');
    expect(await store.newest(WORKSPACE)).toEqual(modelOf(4));
  });

  it('passes over the manifest of a newer release, and does not replace it', async () => {
    const { store, objects, unsound } = setUp();
    await objects.put(`neural/${WORKSPACE}/manifest.json`, Buffer.from('{"version":9}'));

    expect(await store.newest(WORKSPACE)).toBeUndefined();
    expect(unsound[0]!.code).toBe('store/version-unknown');
    await expect(store.add(WORKSPACE, modelOf(1))).rejects.toMatchObject({ code: 'store/version-unknown' });
    expect(objects.keys('neural/')).toHaveLength(1);
  });

  it('tells a second training that another has ended meanwhile', async () => {
    const { store, objects } = setUp();
    const slow = createNeuralStore(
      {
        ...objects,
        get: async (key) => {
          const found = await objects.get(key);
          await store.add(WORKSPACE, modelOf(2));
          return found;
        },
      },
      () => undefined,
    );

    expect(await slow.add(WORKSPACE, modelOf(1))).toBe('conflict');
  });
});

describe('the codec of neural models', () => {
  const { entry, bytes } = encodeModel(modelOf(1), 0);

  it('says what is wrong with bytes that are not the model', () => {
    const spoiled = modelOf(1);
    spoiled.network.parameters[7] = Number.NaN;
    const bad = encodeModel(spoiled, 0);

    expect(() => decodeModel(entry, bytes.subarray(1))).toThrow('must be 200 bytes, got 199');
    expect(() => decodeModel(entry, bad.bytes)).toThrow('not those that the manifest names');
    expect(() => decodeModel(bad.entry, bad.bytes)).toThrow('not all of them are finite');
  });

  it('refuses a manifest of a newer release, and one that is no manifest', () => {
    expect(decodeManifest(encodeManifest([entry]))).toEqual([entry]);
    expect(() => decodeManifest(Buffer.from('{"version":2}'))).toThrow('version must be at most 1, got 2');
    expect(() => decodeManifest(Buffer.from('no'))).toThrow('neural manifest: not JSON');
    expect(() => decodeManifest(encodeManifest([{ ...entry, slot: 7 }]))).toThrow('models.0.slot');
  });

  it('writes parameters as little-endian float32, on every machine', () => {
    const one = { ...modelOf(1), network: { ...modelOf(1).network, parameters: Float32Array.of(1) } };

    expect([...encodeModel(one, 0).bytes]).toEqual([0, 0, 128, 63]);
  });
});
