import type { AddressInfo } from 'node:net';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';

export interface MailServer {
  readonly url: string;
  readonly received: { readonly from: string; readonly to: readonly string[]; readonly mime: Buffer }[];
  close(): Promise<void>;
}

/** A real SMTP server on a free port of this machine that keeps what it accepts. */
export async function openMailServer(
  options: Pick<SMTPServerOptions, 'onRcptTo' | 'onMailFrom'> = {},
): Promise<MailServer> {
  const received: MailServer['received'] = [];
  const server = new SMTPServer({
    ...options,
    disabledCommands: ['AUTH', 'STARTTLS'],
    disableReverseLookup: true,
    onData(stream, session, done) {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        const { mailFrom, rcptTo } = session.envelope;
        received.push({
          from: mailFrom === false ? '' : mailFrom.address,
          to: rcptTo.map(({ address }) => address),
          mime: Buffer.concat(chunks),
        });
        done();
      });
    },
  });
  const { promise, resolve } = Promise.withResolvers<void>();
  server.listen(0, '127.0.0.1', resolve);
  await promise;
  const { port } = server.server.address() as AddressInfo;
  return {
    url: `smtp://127.0.0.1:${port}`,
    received,
    close: () => new Promise((done) => server.close(done)),
  };
}
