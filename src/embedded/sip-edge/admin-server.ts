import { createServer, type Server } from 'node:net';
import { Client, type ClientHost } from './client.ts';

const CLIENTS_MAX = 200;

export interface AdminHost extends ClientHost {
  onJoin(client: Client): void;
}

/** The TCP port that applications connect to. */
export class AdminServer {
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
  }

  static listen(host: string, port: number, clients: AdminHost): Promise<AdminServer> {
    const open = new Set<Client>();
    const server = createServer({ noDelay: true }, (socket) => {
      if (open.size >= CLIENTS_MAX) {
        socket.destroy();
        return;
      }
      const client = new Client(socket, {
        ...clients,
        onGone: (gone) => {
          open.delete(gone);
          clients.onGone(gone);
        },
      });
      open.add(client);
      clients.onJoin(client);
    });
    return new Promise((resolve, reject) => {
      server.once('error', (error: NodeJS.ErrnoException) => {
        const why = error.code === 'EADDRINUSE' ? 'is in use' : `cannot be opened (${error.code})`;
        reject(new Error(`drachtio admin port ${host}:${port}/tcp ${why}.`, { cause: error }));
      });
      server.listen({ host, port, exclusive: true }, () => {
        server.removeAllListeners('error');
        server.on('error', () => {});
        resolve(new AdminServer(server));
      });
    });
  }

  get port(): number {
    const address = this.#server.address();
    return typeof address === 'object' && address ? address.port : 0;
  }

  /** Takes no new clients. Does not wait for the old ones, which are closed by their own door. */
  close(): Promise<void> {
    this.#server.close();
    return Promise.resolve();
  }
}
