import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { type WebSocket, WebSocketServer } from 'ws';

const PROGRAM = fileURLToPath(new URL('./listen.py', import.meta.url));
/** Debian's, whatever other Python there is: its PocketSphinx lives there. */
const PYTHON = '/usr/bin/python3';

/**
 * A real recogniser behind the Vosk protocol: Debian's PocketSphinx with its English model, one process an utterance.
 * It hears 16 kHz, and of hints only those that its dictionary has.
 */
export class PocketSphinxServer {
  /** What was understood, in order. */
  readonly heard: string[] = [];
  readonly #server: WebSocketServer;

  static async start(): Promise<PocketSphinxServer> {
    const server = new WebSocketServer({ host: '127.0.0.1', port: 0 });
    await new Promise((resolve) => server.once('listening', resolve));
    return new PocketSphinxServer(server);
  }

  private constructor(server: WebSocketServer) {
    this.#server = server;
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
    let program: ChildProcessWithoutNullStreams | undefined;
    socket.on('close', () => program?.kill('SIGKILL'));
    socket.on('message', (data: Buffer, isBinary) => {
      if (isBinary) {
        program?.stdin.write(data);
        socket.send('{"partial" : ""}');
      } else if (String(data) === '{"eof" : 1}') {
        program?.stdin.end();
      } else {
        const { config } = JSON.parse(String(data)) as { config: { phrase_list?: string[] } };
        program = this.#listen(socket, config.phrase_list ?? []);
      }
    });
  }

  #listen(socket: WebSocket, phrases: readonly string[]): ChildProcessWithoutNullStreams {
    const program = spawn(PYTHON, [PROGRAM, JSON.stringify({ phrases })]);
    let answer = '';
    program.stdin.on('error', () => {});
    program.stdout.on('data', (piece: Buffer) => {
      answer += piece;
    });
    program.stderr.pipe(process.stderr);
    program.on('close', () => {
      if (socket.readyState !== socket.OPEN) return;
      if (answer !== '') {
        this.heard.push((JSON.parse(answer) as { text: string }).text);
        socket.send(answer);
      }
      socket.close();
    });
    return program;
  }
}
