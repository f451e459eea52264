import type { Client } from './client.ts';

/** Which clients asked for which verbs (sip methods, and `cdr:…`), served in turn. */
export class Directory {
  readonly #clients = new Set<Client>();
  readonly #routes = new Map<string, Client[]>();
  readonly #next = new Map<string, number>();

  get size(): number {
    return this.#clients.size;
  }

  join(client: Client): void {
    this.#clients.add(client);
  }

  leave(client: Client): void {
    this.#clients.delete(client);
    this.removeRoutes(client);
  }

  /** drachtio-srf asks again for all verbs whenever one is added; asking twice changes nothing. */
  addRoute(client: Client, verb: string): void {
    const key = verb.toLowerCase();
    const clients = this.#routes.get(key) ?? [];
    if (!clients.includes(client)) this.#routes.set(key, [...clients, client]);
  }

  /** As the real server does: all routes of the client go, whatever the verb. */
  removeRoutes(client: Client): void {
    for (const [verb, clients] of this.#routes) {
      const left = clients.filter((other) => other !== client);
      if (left.length === 0) this.#routes.delete(verb);
      else this.#routes.set(verb, left);
    }
  }

  /** The client whose turn it is to take a request of this verb. */
  pick(verb: string): Client | undefined {
    const key = verb.toLowerCase();
    const clients = this.#routes.get(key) ?? [];
    if (clients.length === 0) return undefined;
    const turn = (this.#next.get(key) ?? 0) % clients.length;
    this.#next.set(key, turn + 1);
    return clients[turn];
  }

  closeAll(): void {
    for (const client of [...this.#clients]) client.close();
  }
}
