import { startEmbedded, startEmbeddedQueues } from './embedded-target.ts';
import { objectsContract } from './objects.contract.ts';
import { objectsConditionContract } from './objects-condition.contract.ts';
import { queueContract } from './queue.contract.ts';
import { tableContract } from './table.contract.ts';
import { tableQueryContract } from './table-query.contract.ts';

objectsContract('the embedded store', () => startEmbedded());
objectsConditionContract('the embedded store', () => startEmbedded());
queueContract('the embedded store', () => startEmbeddedQueues());
tableContract('the embedded store', () => startEmbedded());
tableQueryContract('the embedded store', () => startEmbedded());
