import { startEmbedded, startEmbeddedQueues } from './embedded-target.ts';
import { objectsContract } from './objects.contract.ts';
import { queueContract } from './queue.contract.ts';
import { tableContract } from './table.contract.ts';

objectsContract('the embedded store', () => startEmbedded());
queueContract('the embedded store', () => startEmbeddedQueues());
tableContract('the embedded store', () => startEmbedded());
