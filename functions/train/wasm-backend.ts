import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import { ready, setBackend } from '@tensorflow/tfjs-core';

const CRASH_EVENTS = ['uncaughtException', 'unhandledRejection'] as const;

const events: NodeJS.EventEmitter = process;

let started: Promise<void> | undefined;

/**
 * Starts TensorFlow's WebAssembly backend once in a process; later calls wait for the first.
 *
 * The folder holds the package's `.wasm` files. What WebAssembly's loader wants to hear of crashes of the process is
 * taken off again: it would throw the failures of others anew.
 */
export function startWasm(wasmFolder: string): Promise<void> {
  started ??= start(wasmFolder);
  return started;
}

async function start(wasmFolder: string): Promise<void> {
  const before = new Map(CRASH_EVENTS.map((event) => [event, events.listeners(event)]));
  setWasmPaths(wasmFolder.endsWith('/') ? wasmFolder : `${wasmFolder}/`);
  const isWasm = await setBackend('wasm');
  if (!isWasm) throw new RangeError(`train: the folder ${wasmFolder} has no WebAssembly that starts`);
  await ready();
  for (const event of CRASH_EVENTS) {
    const added = events.listeners(event).filter((listener) => !before.get(event)!.includes(listener));
    for (const listener of added) events.removeListener(event, listener as (...values: unknown[]) => void);
  }
}
