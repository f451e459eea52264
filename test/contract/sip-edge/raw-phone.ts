import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import {
  newRequest,
  parseMessage,
  responseTo,
  type SipMessage,
  type SipRequest,
  type SipResponse,
  serialise,
} from '../../../src/embedded/sip/index.ts';
import { type Switch, within } from './support.ts';

let count = 0;

/** A phone without a stack: it sends exactly what a test says, as often as it says, over UDP. */
export class RawPhone {
  readonly #socket: Socket;
  readonly #target: Switch;
  readonly #heard: SipMessage[] = [];
  readonly #waiting = new Set<() => void>();

  private constructor(socket: Socket, target: Switch) {
    this.#socket = socket;
    this.#target = target;
    socket.on('message', (data) => {
      const parsed = parseMessage(data);
      if (!parsed.ok) return;
      this.#heard.push(parsed.value);
      for (const wake of [...this.#waiting]) wake();
    });
  }

  static async open(target: Switch): Promise<RawPhone> {
    const socket = createSocket('udp4');
    socket.bind(0, '127.0.0.1');
    await once(socket, 'listening');
    return new RawPhone(socket, target);
  }

  get port(): number {
    return this.#socket.address().port;
  }

  get uri(): string {
    return `sip:raw@127.0.0.1:${this.port}`;
  }

  close(): void {
    this.#socket.close();
  }

  send(message: SipMessage | string): void {
    const text = typeof message === 'string' ? message : serialise(message);
    this.#socket.send(text, this.#target.sipPort, this.#target.sipHost);
  }

  /** A request to the switch with fresh identity, to be changed before it is sent. */
  request(
    method: string,
    headers: Iterable<readonly [string, string]> = [],
    body = '',
  ): SipRequest {
    count++;
    const id = `${this.port}-${count}-${process.pid}`;
    const uri = `sip:800@${this.#target.sipHost}:${this.#target.sipPort}`;
    const request = newRequest(method, uri, [
      ['Via', `SIP/2.0/UDP 127.0.0.1:${this.port};branch=z9hG4bK-${id}`],
      ['Max-Forwards', '70'],
      ['From', `<sip:raw@127.0.0.1:${this.port}>;tag=f${id}`],
      ['To', `<${uri}>`],
      ['Call-ID', `raw-${id}`],
      ['CSeq', `1 ${method}`],
      ['Contact', `<${this.uri}>`],
    ]);
    for (const [name, value] of headers) request.headers.set(name, value);
    if (body !== '') request.headers.set('Content-Type', 'application/sdp');
    request.body = body;
    return request;
  }

  /** A later request of the dialog that `first` and its answer began. */
  inDialog(first: SipRequest, answer: SipResponse, method: string, seq: number): SipRequest {
    const request = this.request(method);
    request.headers.set('From', first.headers.get('from') ?? '');
    request.headers.set('To', answer.headers.get('to') ?? '');
    request.headers.set('Call-ID', first.headers.get('call-id') ?? '');
    request.headers.set('CSeq', `${seq} ${method}`);
    return request;
  }

  /** The way back of a dialog that the switch began with `first` and we answered with `answer`. */
  backwards(first: SipRequest, answer: SipResponse, method: string, seq: number): SipRequest {
    const request = this.request(method);
    request.headers.set('From', answer.headers.get('to') ?? '');
    request.headers.set('To', first.headers.get('from') ?? '');
    request.headers.set('Call-ID', first.headers.get('call-id') ?? '');
    request.headers.set('CSeq', `${seq} ${method}`);
    return request;
  }

  respond(request: SipRequest, status: number, toTag: string, body = ''): SipResponse {
    const response = responseTo(request, status, {
      toTag,
      headers: [['Contact', `<${this.uri}>`]],
    });
    if (body !== '') response.headers.set('Content-Type', 'application/sdp');
    response.body = body;
    this.send(response);
    return response;
  }

  /** The next message, taken out of those that came, that is `what` (a method or a status). */
  async next(what: string | number, ms = 5_000): Promise<SipMessage> {
    const take = (): SipMessage | undefined => {
      const index = this.#heard.findIndex((message) => isWhat(message, what));
      return index === -1 ? undefined : this.#heard.splice(index, 1)[0];
    };
    const found = take();
    if (found) return found;
    let wake = () => {};
    const later = new Promise<SipMessage>((resolve) => {
      wake = () => {
        const message = take();
        if (message) resolve(message);
      };
      this.#waiting.add(wake);
    });
    try {
      return await within(later, `${what}`, ms);
    } finally {
      this.#waiting.delete(wake);
    }
  }

  async nextRequest(method: string, ms?: number): Promise<SipRequest> {
    const message = await this.next(method, ms);
    if (message.kind !== 'request') throw new Error('No request.');
    return message;
  }

  async nextResponse(status: number, ms?: number): Promise<SipResponse> {
    const message = await this.next(status, ms);
    if (message.kind !== 'response') throw new Error('No response.');
    return message;
  }

  /** How many messages of this sort have come and were not taken. */
  count(what: string | number): number {
    return this.#heard.filter((message) => isWhat(message, what)).length;
  }
}

const isWhat = (message: SipMessage, what: string | number): boolean =>
  message.kind === 'request' ? message.method === what : message.status === what;
