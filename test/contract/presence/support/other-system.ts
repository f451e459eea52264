import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { eventually } from '../../../support/eventually.ts';

/** A SUBSCRIBE that came, or an answer to a NOTIFY of ours. */
export interface Received {
  readonly startLine: string;
  readonly body: string;
  readonly text: string;
  header(name: string): string;
}

interface Answer {
  readonly status: number;
  readonly headers?: readonly string[];
}

/** Another telephone system, that tells of its people: SIP by hand over UDP, so that it can be as odd as a test wants. */
export class OtherSystem {
  readonly subscribes: Received[] = [];
  readonly answers: Received[] = [];
  /** What becomes of the next SUBSCRIBE; 200 for an hour unless told otherwise. */
  answerWith: (request: Received) => Answer = () => ({ status: 200, headers: ['Expires: 3600'] });
  readonly #socket: Socket;
  #peer: RemoteInfo | undefined;
  #cseq = 1;

  /** At that port: one that was there before, and is back. */
  static async open(port = 0): Promise<OtherSystem> {
    const socket = createSocket('udp4');
    socket.bind(port, '127.0.0.1');
    await once(socket, 'listening');
    return new OtherSystem(socket);
  }

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('message', (data, peer) => this.#take(data.toString(), peer));
  }

  get port(): number {
    return (this.#socket.address() as AddressInfo).port;
  }

  uri(user: string): string {
    return `sip:${user}@127.0.0.1:${this.port}`;
  }

  subscribe(nth = 1): Promise<Received> {
    return eventually(`SUBSCRIBE ${nth}`, () => this.subscribes[nth - 1]);
  }

  /** Tells, within the subscription; resolves with the status that it is answered with. */
  async notify(
    to: Received,
    body: string,
    { state = 'active;expires=3600', type = 'application/dialog-info+xml' } = {},
  ): Promise<string> {
    const seen = this.answers.length;
    this.#cseq += 1;
    const target = /<([^>]+)>/.exec(to.header('Contact'))?.[1] ?? to.header('Contact');
    this.#send(
      [
        `NOTIFY ${target} SIP/2.0`,
        `Via: SIP/2.0/UDP 127.0.0.1:${this.port};branch=z9hG4bK${this.#cseq}n${Date.now()}`,
        'Max-Forwards: 70',
        `From: ${to.header('To')};tag=otra`,
        `To: ${to.header('From')}`,
        `Call-ID: ${to.header('Call-ID')}`,
        `CSeq: ${this.#cseq} NOTIFY`,
        `Contact: <${this.uri('otra')}>`,
        `Event: ${to.header('Event')}`,
        `Subscription-State: ${state}`,
        ...(body ? [`Content-Type: ${type}`] : []),
        `Content-Length: ${Buffer.byteLength(body)}`,
      ],
      body,
    );
    const answer = await eventually('an answer to NOTIFY', () => this.answers[seen]);
    return answer.startLine.split(' ')[1] ?? '';
  }

  close(): void {
    this.#socket.close();
  }

  #take(text: string, peer: RemoteInfo): void {
    const received = read(text);
    if (received.startLine.startsWith('SIP/2.0')) {
      this.answers.push(received);
      return;
    }
    if (!received.startLine.startsWith('SUBSCRIBE')) return;
    this.#peer = peer;
    // The same one again is a retransmission.
    if (this.subscribes.some((one) => one.header('Via') === received.header('Via'))) return;
    this.subscribes.push(received);
    const { status, headers = [] } = this.answerWith(received);
    const to = received.header('To');
    this.#send(
      [
        `SIP/2.0 ${status} ${status < 300 ? 'OK' : 'No'}`,
        `Via: ${received.header('Via')}`,
        `From: ${received.header('From')}`,
        `To: ${/;tag=/.test(to) ? to : `${to};tag=otra`}`,
        `Call-ID: ${received.header('Call-ID')}`,
        `CSeq: ${received.header('CSeq')}`,
        `Contact: <${this.uri('otra')}>`,
        ...headers,
        'Content-Length: 0',
      ],
      '',
    );
  }

  #send(lines: readonly string[], body: string): void {
    if (!this.#peer) throw new Error('Nobody has subscribed.');
    this.#socket.send(`${lines.join('\r\n')}\r\n\r\n${body}`, this.#peer.port, this.#peer.address);
  }
}

function read(text: string): Received {
  const [head = '', body = ''] = text.split('\r\n\r\n');
  const [startLine = '', ...lines] = head.split('\r\n');
  return {
    startLine,
    body,
    text,
    header: (name) =>
      lines
        .find((line) => line.toLowerCase().startsWith(`${name.toLowerCase()}:`))
        ?.slice(name.length + 1)
        .trim() ?? '',
  };
}
