import { createRequire } from 'node:module';
import { dirname } from 'node:path';

/** Where the tests find the WebAssembly of TensorFlow. */
export const WASM_FOLDER = dirname(
  createRequire(import.meta.url).resolve('@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm'),
);
