import type { AddressInfo } from 'node:net';
import { type WebSocket, WebSocketServer } from 'ws';

/** What the server does with an utterance. */
export type VoskBehaviour =
  /** Understands these words, whatever is said; or nothing. */
  | { readonly kind: 'hears'; readonly text: string; readonly confidence?: number }
  | { readonly kind: 'alternatives'; readonly alternatives: readonly object[] }
  /** Finds an end of its own in the middle: two results. */
  | { readonly kind: 'twoResults'; readonly texts: readonly [string, string] }
  /** Says nothing after the end. */
  | { readonly kind: 'silent' }
  | { readonly kind: 'says'; readonly message: string }
  /** Partial results without end. */
  | { readonly kind: 'floods' }
  | { readonly kind: 'closes' };

/** What came in over one connection. */
export interface VoskUtterance {
  config?: { readonly sample_rate: number; readonly phrase_list?: readonly string[] };
  audioBytes: number;
  ended: boolean;
  closed: boolean;
}

/** A server that speaks the Vosk protocol (alphacep/vosk-server, websocket/asr_server.py) and does as it is told. */
export class VoskServer {
  behaviour: VoskBehaviour;
  readonly utterances: VoskUtterance[] = [];
  readonly #server: WebSocketServer;

  static async start(behaviour: VoskBehaviour): Promise<VoskServer> {
    const server = new WebSocketServer({ host: '127.0.0.1', port: 0 });
    await new Promise((resolve) => server.once('listening', resolve));
    return new VoskServer(server, behaviour);
  }

  private constructor(server: WebSocketServer, behaviour: VoskBehaviour) {
    this.#server = server;
    this.behaviour = behaviour;
    server.on('connection', (socket) => this.#serve(socket));
  }

  get url(): string {
    return `ws://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    for (const socket of this.#server.clients) socket.terminate();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  #serve(socket: WebSocket): void {
    const utterance: VoskUtterance = { audioBytes: 0, ended: false, closed: false };
    this.utterances.push(utterance);
    socket.on('close', () => {
      utterance.closed = true;
    });
    socket.on('message', (data: Buffer, isBinary) => {
      const text = isBinary ? '' : String(data);
      // As asr_server.py has it: the end is this very string.
      if (text === '{"eof" : 1}') {
        utterance.ended = true;
        this.#last(socket);
      } else if (text.includes('config')) {
        utterance.config = (JSON.parse(text) as { config: never }).config;
      } else {
        const first = utterance.audioBytes === 0;
        utterance.audioBytes += data.length;
        this.#meanwhile(socket, first);
      }
    });
  }

  #meanwhile(socket: WebSocket, first: boolean): void {
    const { behaviour } = this;
    if (behaviour.kind === 'closes') socket.close(1011);
    else if (behaviour.kind === 'says') socket.send(behaviour.message);
    else if (behaviour.kind === 'floods' && first) this.#flood(socket);
    else if (behaviour.kind !== 'silent') socket.send('{"partial" : ""}');
  }

  #last(socket: WebSocket): void {
    const { behaviour } = this;
    if (behaviour.kind === 'hears') {
      const { text, confidence = 1 } = behaviour;
      const result = text.split(' ').map((word) => ({ word, conf: confidence, start: 0, end: 1 }));
      socket.send(JSON.stringify({ text, result }));
    } else if (behaviour.kind === 'alternatives') {
      socket.send(JSON.stringify({ alternatives: behaviour.alternatives }));
    } else if (behaviour.kind === 'twoResults') {
      for (const text of behaviour.texts) socket.send(JSON.stringify({ text }));
    } else {
      return;
    }
    socket.close();
  }

  #flood(socket: WebSocket): void {
    for (let at = 0; at < 3_000; at++) socket.send(`{"partial" : "no end ${at}"}`);
  }
}
