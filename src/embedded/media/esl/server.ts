import { createServer, type Server, type Socket } from 'node:net';
import type { World } from '../world.ts';
import { EslConnection } from './connection.ts';

const CONNECTIONS_MAX = 500;

/** The inbound side of the event socket: applications connect here. */
export class EslServer {
  readonly #server: Server;
  readonly #connections = new Set<EslConnection>();
  readonly #world: World;

  private constructor(world: World) {
    this.#world = world;
    this.#server = createServer((socket) => this.#accept(socket));
  }

  /** Fails with an error that names the port if it is in use. */
  static async open(world: World): Promise<EslServer> {
    const server = new EslServer(world);
    const { eslHost: host, eslPort: port } = world.core.config;
    await new Promise<void>((resolve, reject) => {
      server.#server.once('error', (error: NodeJS.ErrnoException) =>
        reject(new Error(`The event socket cannot listen on ${host}:${port}: ${error.code}`)),
      );
      server.#server.listen(port, host, resolve);
    });
    return server;
  }

  get port(): number {
    const address = this.#server.address();
    return typeof address === 'object' && address ? address.port : 0;
  }

  async close(): Promise<void> {
    for (const connection of [...this.#connections]) connection.disconnect();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  #accept(socket: Socket): void {
    if (this.#connections.size >= CONNECTIONS_MAX) {
      socket.destroy();
      return;
    }
    const connection = new EslConnection({
      world: this.#world,
      socket,
      onClose: () => this.#connections.delete(connection),
    });
    this.#connections.add(connection);
  }
}
