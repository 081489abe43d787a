import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { accessSync, constants } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { delimiter, join } from 'node:path';

export interface Prometheus {
  /** Where it listens, as it names itself in the label `instance`. */
  readonly address: string;
  /** What it has written, for a look when something is wrong. */
  output(): string;
  stop(): Promise<void>;
}

/** The program where it is installed. */
export function findPrometheus(path = process.env.PATH ?? ''): string | undefined {
  return path
    .split(delimiter)
    .map((folder) => join(folder, 'prometheus'))
    .find(isProgram);
}

/** A real Prometheus that scrapes itself every second and writes where `remoteWrite`, a block of its settings, says. */
export async function startPrometheus(program: string, directory: string, remoteWrite: string): Promise<Prometheus> {
  const address = `127.0.0.1:${await freePort()}`;
  const settings = join(directory, 'prometheus.yml');
  await writeFile(
    settings,
    `global:
  scrape_interval: 1s
scrape_configs:
  - job_name: prometheus
    static_configs:
      - targets: ['${address}']
${remoteWrite}
`,
  );
  const child = spawn(
    program,
    [
      `--config.file=${settings}`,
      `--storage.tsdb.path=${join(directory, 'prometheus')}`,
      `--web.listen-address=${address}`,
    ],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  );
  let text = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
    });
  }
  const exit = once(child, 'close');
  return {
    address,
    output: () => text,
    async stop() {
      child.kill();
      await exit;
    },
  };
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo; // a TCP server that listens has an address of this form
  server.close();
  await once(server, 'close');
  return port;
}
