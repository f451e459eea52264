import { randomBytes } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type WebSocket, WebSocketServer } from 'ws';
import type { Clock, Timer } from '../lib/clock.ts';
import type { Logger } from '../lib/log.ts';

export interface AudioForkOptions {
  /** Where it listens: an address that media servers reach and nobody else. */
  readonly host: string;
  /** 0: any. */
  readonly port: number;
  /** What media servers are told, if they do not reach `host` by its own name. */
  readonly announcedHost?: string;
  readonly clock: Clock;
  readonly log: Logger;
}

/** A call's audio that is expected, or comes. */
export interface ExpectedAudio {
  /** To be given to the media server: nobody can guess its path, and it serves once. */
  readonly url: string;
  /** Takes no more. Idempotent. */
  stop(): void;
}

export interface ExpectedAudioEvents {
  audio(samples: Buffer): void;
  /** It did not come, or came to an end that nobody had asked for. */
  lost(): void;
}

/** mod_audio_fork offers this one. */
const PROTOCOL = 'audio.drachtio.org';
/** The media server connects within 20 ms; one that has not by now will not. */
const CONNECT_MS_MAX = 2_000;
/** mod_audio_fork keeps back up to 5 s of audio (160 kB at 16 kHz) while the network is slow. */
const MESSAGE_BYTES_MAX = 262_144;
const CONNECTIONS_MAX = 2_000;
const PATH_BYTES = 24;

/**
 * The websocket server that media servers send callers' audio to (drachtio-freeswitch-modules, mod_audio_fork):
 * a text frame with metadata, then binary frames of 16 bit samples.
 *
 *   expected ──connected──▶ coming ──closed──▶ lost      any ──stop──▶ over
 *       └── 2 s ──▶ lost
 */
export class AudioForkServer {
  readonly #options: AudioForkOptions;
  readonly #http: Server;
  readonly #sockets: WebSocketServer;
  readonly #expected = new Map<string, (socket: WebSocket) => void>();

  constructor(options: AudioForkOptions) {
    this.#options = options;
    this.#http = createServer((_request, response) => response.writeHead(404).end());
    this.#http.maxConnections = CONNECTIONS_MAX;
    this.#http.headersTimeout = CONNECT_MS_MAX;
    this.#sockets = new WebSocketServer({
      noServer: true,
      maxPayload: MESSAGE_BYTES_MAX,
      perMessageDeflate: false,
      handleProtocols: (offered) => (offered.has(PROTOCOL) ? PROTOCOL : false),
    });
    this.#http.on('upgrade', (request, socket, head) => {
      const take = this.#expected.get(request.url ?? '');
      if (!take) {
        socket.end('HTTP/1.1 404 Not Found\r\nConnection: close\r\n\r\n');
        return;
      }
      this.#expected.delete(request.url ?? '');
      this.#sockets.handleUpgrade(request, socket, head, take);
    });
  }

  async open(): Promise<void> {
    const { host, port } = this.#options;
    await new Promise<void>((resolve, reject) => {
      this.#http.once('error', reject);
      this.#http.listen(port, host, () => resolve());
    });
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets.clients) socket.terminate();
    this.#sockets.close();
    this.#http.closeAllConnections();
    await new Promise<void>((resolve) => this.#http.close(() => resolve()));
  }

  /** Prepares for one call's audio. */
  expect(events: ExpectedAudioEvents): ExpectedAudio {
    const { clock } = this.#options;
    const path = `/${randomBytes(PATH_BYTES).toString('base64url')}`;
    let connection: WebSocket | undefined;
    let over = false;
    const stop = (): boolean => {
      const first = !over;
      over = true;
      late.cancel();
      this.#expected.delete(path);
      // The media server is told to close it, and knows best how; one that does not is not waited for.
      if (connection) clock.after(CONNECT_MS_MAX, () => connection?.terminate());
      return first;
    };
    const lost = (): void => {
      if (stop()) events.lost();
    };
    const late: Timer = clock.after(CONNECT_MS_MAX, lost);
    this.#expected.set(path, (socket) => {
      late.cancel();
      connection = socket;
      socket.on('message', (data, isBinary) => {
        if (isBinary && !over) events.audio(data as Buffer);
      });
      socket.on('error', (error) => this.#trouble(error));
      socket.on('close', lost);
    });
    return { url: `${this.#address}${path}`, stop: () => void stop() };
  }

  get #address(): string {
    const { host, announcedHost = host } = this.#options;
    const { port } = this.#http.address() as AddressInfo;
    return `ws://${announcedHost}:${port}`;
  }

  #trouble(error: unknown): void {
    this.#options.log.debug({ error: String(error) }, 'A media server sent bad audio');
  }
}
