import { getBackend } from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { startWasm } from '../../../functions/train/wasm-backend.ts';
import { WASM_FOLDER } from '../../support/wasm-folder.ts';

const crashListeners = (): readonly unknown[] => [
  ...process.listeners('uncaughtException'),
  ...process.listeners('unhandledRejection'),
];

describe('the backend', () => {
  it('is WebAssembly, starts once, and leaves the handling of crashes to the process', async () => {
    const before = crashListeners();
    await startWasm(WASM_FOLDER);
    await startWasm('/a/folder/without/any');

    expect(getBackend()).toBe('wasm');
    expect(crashListeners()).toEqual(before);
  });
});
