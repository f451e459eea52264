import { randomUUID } from 'node:crypto';
import { connect, type Socket } from 'node:net';

export type EventHeaders = Readonly<Record<string, string>>;

interface Waiter {
  readonly matches: (event: EventHeaders) => boolean;
  readonly resolve: (event: EventHeaders) => void;
}

const WAIT_MS = 8000;

/** A bare event socket client for tests: sees every frame as it is, and waits for events. */
export class EslClient {
  readonly events: EventHeaders[] = [];
  readonly #socket: Socket;
  #buffer = '';
  #replies: ((frame: { headers: EventHeaders; body: string }) => void)[] = [];
  #waiters: Waiter[] = [];

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.setNoDelay(true);
    socket.setEncoding('latin1');
    socket.on('data', (text: string) => this.#receive(text));
    socket.on('error', () => undefined);
  }

  static async connect(host: string, port: number, secret: string): Promise<EslClient> {
    const client = new EslClient(connect({ host, port }));
    await new Promise<void>((resolve) => client.#replies.push(() => resolve()));
    const reply = await client.send(`auth ${secret}`);
    if (!reply.startsWith('+OK')) throw new Error(`auth: ${reply}`);
    await client.send('event json ALL');
    return client;
  }

  /** Sends a command with headers and resolves with its Reply-Text. */
  async send(line: string, headers: Record<string, string> = {}): Promise<string> {
    const frame = await this.#ask(line, headers);
    return frame.headers['Reply-Text'] ?? '';
  }

  async api(command: string): Promise<string> {
    return (await this.#ask(`api ${command}`, {})).body;
  }

  /** Begins an application; resolves at its CHANNEL_EXECUTE_COMPLETE. */
  async execute(
    uuid: string,
    application: string,
    argument = '',
    more: Record<string, string> = {},
  ): Promise<EventHeaders> {
    const id = randomUUID();
    const done = this.wait(
      (event) =>
        event['Event-Name'] === 'CHANNEL_EXECUTE_COMPLETE' && event['Application-UUID'] === id,
    );
    await this.send(`sendmsg ${uuid}`, {
      'call-command': 'execute',
      'execute-app-name': application,
      'execute-app-arg': argument,
      'Event-UUID': id,
      ...more,
    });
    return done;
  }

  /** The next event of a name on a channel that has not come yet. */
  next(name: string, uuid?: string): Promise<EventHeaders> {
    return this.wait(
      (event) =>
        event['Event-Name'] === name && (uuid === undefined || event['Unique-ID'] === uuid),
    );
  }

  wait(matches: (event: EventHeaders) => boolean): Promise<EventHeaders> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error('The event did not come.')), WAIT_MS);
      this.#waiters.push({
        matches,
        resolve: (event) => {
          clearTimeout(timer);
          resolve(event);
        },
      });
    });
  }

  /** The names of what came for a channel, in order. */
  namesOf(uuid: string): string[] {
    return this.events
      .filter((event) => event['Unique-ID'] === uuid)
      .map((event) => event['Event-Name'] ?? '');
  }

  close(): void {
    this.#socket.destroy();
  }

  #ask(line: string, headers: Record<string, string>) {
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\n`);
    this.#socket.write(`${line}\n${lines.join('')}\n`);
    return new Promise<{ headers: EventHeaders; body: string }>((resolve) =>
      this.#replies.push(resolve),
    );
  }

  #receive(text: string): void {
    this.#buffer += text;
    for (;;) {
      const end = this.#buffer.indexOf('\n\n');
      if (end < 0) return;
      const headers: Record<string, string> = {};
      for (const line of this.#buffer.slice(0, end).split('\n')) {
        const colon = line.indexOf(': ');
        if (colon > 0) headers[line.slice(0, colon)] = line.slice(colon + 2);
      }
      const length = Number(headers['Content-Length'] ?? 0);
      if (this.#buffer.length < end + 2 + length) return;
      const body = this.#buffer.slice(end + 2, end + 2 + length);
      this.#buffer = this.#buffer.slice(end + 2 + length);
      this.#frame(headers, Buffer.from(body, 'latin1').toString('utf8'));
    }
  }

  #frame(headers: Record<string, string>, body: string): void {
    if (headers['Content-Type'] !== 'text/event-json') {
      if (headers['Content-Type'] !== 'text/disconnect-notice') {
        this.#replies.shift()?.({ headers, body });
      }
      return;
    }
    const event = JSON.parse(body) as Record<string, string>;
    this.events.push(event);
    const ready = this.#waiters.filter((waiter) => waiter.matches(event));
    this.#waiters = this.#waiters.filter((waiter) => !ready.includes(waiter));
    for (const waiter of ready) waiter.resolve(event);
  }
}
