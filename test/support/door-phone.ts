import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { parseDigestCredentials } from '../../src/lib/auth-header.ts';
import { expectedResponse, ha1 } from '../../src/lib/digest.ts';
import { eventually } from './eventually.ts';
import type { SipAddress } from './sipp.ts';

export interface Answer {
  readonly status: number;
  readonly tookMs: number;
  readonly text: string;
  header(name: string): string;
}

/** What a request says beside what it must. */
export interface Asked {
  readonly user: string;
  readonly contact?: string;
  readonly headers?: readonly string[];
  readonly body?: string;
  /** No answer within so long is one, too: status 0. */
  readonly silentMs?: number;
}

/** How a challenge is answered. */
export interface Proof {
  readonly user: string;
  readonly password: string;
  readonly nonce: string;
  readonly realm: string;
  readonly method?: string;
  readonly count?: number;
}

let asked = 0;

/** Who stands at the door with requests of their own, over UDP and from an address of loopback: a phone, or a guesser. */
export class DoorPhone {
  readonly address: string;
  /** Requests that came, as text. */
  readonly requests: string[] = [];
  readonly #socket: Socket;
  readonly #remote: SipAddress;
  readonly #answers = new Map<string, string>();

  static async open(remote: SipAddress, address = '127.0.0.1'): Promise<DoorPhone> {
    const socket = createSocket('udp4');
    socket.bind(0, address);
    await once(socket, 'listening');
    return new DoorPhone(socket, remote, address);
  }

  private constructor(socket: Socket, remote: SipAddress, address: string) {
    this.#socket = socket;
    this.#remote = remote;
    this.address = address;
    socket.on('message', (data) => this.#take(String(data)));
    socket.on('error', () => undefined);
  }

  get port(): number {
    return this.#socket.address().port;
  }

  get registrar(): string {
    return `sip:${this.#remote.host}:${this.#remote.port}`;
  }

  uriOf(user: string): string {
    return `sip:${user}@${this.#remote.host}:${this.#remote.port}`;
  }

  close(): void {
    this.#socket.close();
  }

  /** Sends it, and resolves with its final answer. Each is a transaction and a call of its own. */
  async ask(method: string, options: Asked): Promise<Answer> {
    asked += 1;
    const id = `d${this.port}x${asked}x${process.pid}`;
    const uri = method === 'REGISTER' ? this.registrar : this.uriOf(options.user);
    const body = options.body ?? '';
    const me = this.uriOf(options.user);
    const lines = [
      `${method} ${uri} SIP/2.0`,
      `Via: SIP/2.0/UDP ${this.address}:${this.port};branch=z9hG4bK${id};rport`,
      'Max-Forwards: 70',
      `From: <${me}>;tag=${id}`,
      `To: <${method === 'REGISTER' ? me : uri}>`,
      `Call-ID: ${id}`,
      `CSeq: 1 ${method}`,
      `Contact: ${options.contact ?? `<sip:${options.user}@${this.address}:${this.port}>`}`,
      ...(options.headers ?? []),
      ...(body ? ['Content-Type: application/sdp'] : []),
      `Content-Length: ${Buffer.byteLength(body)}`,
    ];
    const since = performance.now();
    this.#socket.send(`${lines.join('\r\n')}\r\n\r\n${body}`, this.#remote.port, this.#remote.host);
    const { silentMs } = options;
    const answer = eventually(`an answer to ${method}`, () => this.#answers.get(id), silentMs);
    const text = await (silentMs === undefined ? answer : answer.catch(() => ''));
    const tookMs = Number(/^X-Took: (.*)$/m.exec(text)?.[1] ?? since) - since;
    return {
      status: Number(text.split(' ')[1] ?? 0),
      tookMs,
      // What differs from one request to the next by itself, and what it was about.
      text: text
        .replace(/^X-Took: .*$/m, '')
        .replaceAll(id, 'ID')
        .replaceAll(options.user, 'USER')
        .replace(/(nonce="|;tag=)[^"\r;]+/g, '$1'),
      header: (name) => new RegExp(`^${name}: *(.*?)\\r?$`, 'im').exec(text)?.[1] ?? '',
    };
  }

  /** The challenge that a REGISTER gets: what there is to prove. */
  async challenge(user: string): Promise<{ readonly realm: string; readonly nonce: string }> {
    const { realm = '', nonce = '' } = challengeIn(await this.ask('REGISTER', { user }));
    return { realm, nonce };
  }

  /** The header that answers it. */
  proof({ user, password, nonce, realm, method = 'REGISTER', count = 1 }: Proof): string {
    const nc = count.toString(16).padStart(8, '0');
    const uri = method === 'REGISTER' ? this.registrar : this.uriOf(user);
    const parts = { algorithm: 'MD5', nonce, uri, cnonce: 'c0ffee', nc } as const;
    const response = expectedResponse(parts, ha1('MD5', user, realm, password), method);
    return `Authorization: Digest username="${user}", realm="${realm}", nonce="${nonce}", uri="${uri}", response="${response}", algorithm=MD5, qop=auth, nc=${nc}, cnonce="c0ffee"`;
  }

  /** Challenged and answered. */
  async register(user: string, password: string, options: Partial<Asked> = {}): Promise<Answer> {
    const proof = this.proof({ user, password, ...(await this.challenge(user)) });
    return this.ask('REGISTER', {
      user,
      ...options,
      headers: [proof, ...(options.headers ?? [])],
    });
  }

  #take(text: string): void {
    if (!text.startsWith('SIP/2.0')) {
      if (/^\w+ sip/.test(text)) this.requests.push(text);
      return;
    }
    const id = /^Call-ID: *(\S+)/im.exec(text)?.[1];
    if (id === undefined || text.startsWith('SIP/2.0 1') || this.#answers.has(id)) return;
    this.#answers.set(id, text.replace('\r\n\r\n', `\r\nX-Took: ${performance.now()}\r\n\r\n`));
  }
}

/** What a 401 asks for. */
export const challengeIn = (answer: Answer): Readonly<Record<string, string | undefined>> =>
  parseDigestCredentials(answer.header('WWW-Authenticate'))[0] ?? {};
