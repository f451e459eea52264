import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';

/** An event socket that says what a test wants: what a real FreeSWITCH says only when it is unwell. */
export class FakeEventSocket {
  readonly secret = 'secret';
  readonly connections = new Set<Socket>();
  readonly commands: string[] = [];
  /** Silent: takes connections and never says a word. */
  silent = false;
  answerOf: (command: string) => string = () => '+OK\n';
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
    server.on('connection', (socket) => this.#connected(socket));
  }

  static async open(): Promise<FakeEventSocket> {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new FakeEventSocket(server);
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Says it to everybody who is connected. */
  say(text: string): void {
    for (const socket of this.connections) socket.write(text);
  }

  event(body: string): void {
    this.say(
      `Content-Length: ${Buffer.byteLength(body)}\nContent-Type: text/event-json\n\n${body}`,
    );
  }

  /** Breaks every connection, the last one first, as a media server that dies does. */
  drop(): void {
    for (const socket of [...this.connections].reverse()) socket.destroy();
  }

  async close(): Promise<void> {
    this.drop();
    this.#server.close();
    await once(this.#server, 'close');
  }

  #connected(socket: Socket): void {
    this.connections.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => this.connections.delete(socket));
    if (this.silent) return;
    socket.write('Content-Type: auth/request\n\n');
    let text = '';
    socket.on('data', (data) => {
      text += data.toString();
      for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
        this.#command(socket, text.slice(0, end));
        text = text.slice(end + 2);
      }
    });
  }

  #command(socket: Socket, command: string): void {
    this.commands.push(command);
    if (command.startsWith('api ')) {
      const body = this.answerOf(command.slice(4));
      socket.write(`Content-Type: api/response\nContent-Length: ${body.length}\n\n${body}`);
    } else if (command === `auth ${this.secret}`) this.#reply(socket, '+OK accepted');
    else if (command.startsWith('auth')) this.#reply(socket, '-ERR invalid');
    else this.#reply(socket, '+OK');
  }

  #reply(socket: Socket, text: string): void {
    socket.write(`Content-Type: command/reply\nReply-Text: ${text}\n\n`);
  }
}
