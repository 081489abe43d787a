import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { startS3Endpoint } from './s3-endpoint.ts';

export interface Emulators {
  /** What a process needs in its environment to use them instead of AWS. */
  readonly env: Record<string, string>;
  readonly stop: () => Promise<void>;
}

interface ChildEmulator {
  readonly url: string;
  readonly child: ChildProcess;
}

/** S3, SQS and DynamoDB for tests, on the loopback interface; nothing of them stays after `stop`. */
export async function startEmulators(): Promise<Emulators> {
  const [s3, sqs, dynamo] = await Promise.all([startS3Endpoint(), startChild('fauxqs'), startChild('dynalite')]);
  return {
    env: {
      AWS_ENDPOINT_URL_S3: s3.url,
      AWS_ENDPOINT_URL_SQS: sqs.url,
      AWS_ENDPOINT_URL_DYNAMODB: dynamo.url,
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
      AWS_REGION: 'us-east-1',
    },
    stop: async () => {
      await Promise.all([s3.stop(), stopChild(sqs.child), stopChild(dynamo.child)]);
    },
  };
}

async function startChild(name: 'dynalite' | 'fauxqs'): Promise<ChildEmulator> {
  const script = fileURLToPath(new URL('./emulator-process.ts', import.meta.url));
  const child = spawn(process.execPath, [script, name], { stdio: ['pipe', 'pipe', 'inherit'] });
  const ended = once(child, 'exit').then(() => {
    throw new Error(`emulator ${name} ended before it was ready`);
  });
  const [line] = (await Promise.race([once(child.stdout, 'data'), ended])) as [Buffer];
  ended.catch(() => undefined); // from here on its end is the doing of stopChild
  return { url: `http://127.0.0.1:${Number(String(line))}`, child };
}

async function stopChild(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  const exit = once(child, 'exit');
  child.kill();
  await exit;
}
