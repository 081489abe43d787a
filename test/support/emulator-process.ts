import type { Server } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { buildApp } from 'fauxqs';

/** The part of dynalite that is used; the package has no types of its own. */
type Dynalite = (options: { createTableMs: number; deleteTableMs: number }) => Server;

/** Each emulator listens on the loopback interface, on a port that the system picks. */
const emulators: Readonly<Record<string, () => Promise<number>>> = {
  dynalite: async () => {
    const create = createRequire(import.meta.url)('dynalite') as Dynalite;
    const server = create({ createTableMs: 0, deleteTableMs: 0 });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return (server.address() as AddressInfo).port;
  },
  fauxqs: async () => {
    const app = buildApp({ logger: false });
    return Number(new URL(await app.listen({ port: 0, host: '127.0.0.1' })).port);
  },
};

// In a process of its own, since a half-sent request ends dynalite's. Standard input ends when the parent does.
const port = await emulators[process.argv[2] ?? '']?.();
process.stdout.write(`${port}\n`);
process.stdin.on('end', () => process.exit(0)).resume();
