import { once } from 'node:events';
import { WebSocket } from 'ws';
import type { ApiClient } from './api-client.ts';

/** One numbered step, as far as tests look at it. */
export interface FeedChange {
  readonly seq: number;
  readonly topic: string;
  readonly agent?: { readonly id: string; readonly state: string };
  readonly call?: { readonly id: string; readonly stage: string };
}

interface ServerMessage {
  readonly type: string;
  readonly seq?: number;
  readonly changes?: readonly FeedChange[];
}

/** A wallboard's connection to the live feed. */
export class FeedClient {
  readonly changes: FeedChange[] = [];
  /** Every message as it came. */
  readonly texts: string[] = [];
  #snapshotSeq: number | undefined;
  readonly #socket: WebSocket;
  /** Its code (RFC 6455 section 7.4). */
  readonly closed: Promise<number>;

  /** Connects and subscribes to everything. */
  static async open(api: ApiClient): Promise<FeedClient> {
    const url = `${api.base.replace('http', 'ws')}/v1/feed`;
    const socket = new WebSocket(url, { headers: { authorization: `Bearer ${api.key}` } });
    const feed = new FeedClient(socket);
    await once(socket, 'open');
    socket.send(JSON.stringify({ type: 'subscribe', topics: ['agents', 'queues', 'calls'] }));
    return feed;
  }

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    this.closed = new Promise((resolve) => socket.once('close', resolve));
    socket.on('message', (data) => {
      this.texts.push(String(data));
      this.#take(JSON.parse(String(data)) as ServerMessage);
    });
  }

  /** The number of the snapshot that came first; undefined before. */
  get snapshotSeq(): number | undefined {
    return this.#snapshotSeq;
  }

  /** The states that the agent went through since the snapshot. */
  statesOf(agentId: string): readonly string[] {
    return this.changes.flatMap(({ agent }) => (agent?.id === agentId ? [agent.state] : []));
  }

  close(): void {
    this.#socket.close();
  }

  #take(message: ServerMessage): void {
    if (message.type === 'snapshot') this.#snapshotSeq = message.seq;
    if (message.type === 'changes') this.changes.push(...(message.changes ?? []));
  }
}
