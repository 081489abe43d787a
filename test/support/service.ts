import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { type Credentials, credentialsPath } from '../../local/credentials.ts';

/** The service as a person starts it: a process of its own. */
export interface ServiceProcess {
  readonly pid: number;
  /** Everything it has written so far, warnings and errors too. */
  output(): string;
  /** The first match in what it writes; rejects where it ends without one. */
  says(pattern: RegExp): Promise<RegExpExecArray>;
  /** Resolves when it takes requests. */
  ready(): Promise<ReadyService>;
  /** Exit code; null where a signal ended it. */
  readonly exitCode: Promise<number | null>;
  /** Asks it to stop, and resolves with its exit code. */
  stop(): Promise<number | null>;
  /** Kills it in the middle of whatever it does. */
  kill(): Promise<void>;
}

export interface ReadyService {
  readonly baseUrl: string;
  readonly credentials: Credentials;
}

const MAIN = fileURLToPath(new URL('../../local/main.ts', import.meta.url));

/** Starts the service on this directory and any free port, without the sample unless `env` says otherwise. */
export function startService(directory: string, env: Readonly<Record<string, string>> = {}): ServiceProcess {
  const child = spawn(process.execPath, [MAIN], {
    env: { ...inheritedEnv(), FOREWARN_DATA: directory, FOREWARN_PORT: '0', FOREWARN_SAMPLE: 'off', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const end = (): void => void child.kill('SIGKILL');
  process.once('exit', end); // a test run that is broken off leaves nothing behind
  const exitCode = once(child, 'close').then(([code]) => {
    process.off('exit', end);
    return code as number | null;
  });
  const { output, says } = listen(child, exitCode);
  return {
    pid: child.pid ?? 0,
    output,
    says,
    exitCode,
    async ready() {
      const [, baseUrl = ''] = await says(/^forewarn is ready at (\S+)$/m);
      return { baseUrl, credentials: await readCredentials(directory) };
    },
    stop() {
      child.kill('SIGTERM');
      return exitCode;
    },
    async kill() {
      child.kill('SIGKILL');
      await exitCode;
    },
  };
}

/** What the person who runs the tests has set for their own service is not for this one. */
function inheritedEnv(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(FOREWARN|AWS|NODE_OPTIONS)/.test(name)));
}

function listen(child: ChildProcess, exitCode: Promise<unknown>): Pick<ServiceProcess, 'output' | 'says'> {
  let text = '';
  const waiting = new Set<() => void>();
  const look = (): void => {
    for (const one of waiting) one();
  };
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
      look();
    });
  }
  const says = async (pattern: RegExp): Promise<RegExpExecArray> => {
    const { promise, resolve } = Promise.withResolvers<RegExpExecArray>();
    const check = (): void => {
      const match = pattern.exec(text);
      if (match !== null) resolve(match);
    };
    waiting.add(check);
    check();
    const ended = exitCode.then((code) => {
      throw new Error(`the service ended with ${String(code)} before it said ${String(pattern)}:\n${text}`);
    });
    try {
      return await Promise.race([promise, ended]);
    } finally {
      waiting.delete(check);
      ended.catch(() => undefined); // from here on its end is somebody else's doing
    }
  };
  return { output: () => text, says };
}

async function readCredentials(directory: string): Promise<Credentials> {
  return JSON.parse(await readFile(credentialsPath(directory), 'utf8')) as Credentials; // written by the service
}
