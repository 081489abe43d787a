import { type MessagePort, workerData } from 'node:worker_threads';
import { connectEmbedded } from '../../../data/embedded/embedded.ts';

/** A second thread of the process, as the analytics worker is. */
const { port } = workerData as { readonly port: MessagePort };
const { objects, queue } = connectEmbedded(port, { nowMs: () => 1_800_000_000_000 });

const found = await objects.get('from-main');
await objects.put('from-thread', new Uint8Array(3));
await queue.send([{ group: 'g', dedupId: 'd', body: `read ${found?.bytes.length} bytes of ${found?.bytes[0]}` }]);
