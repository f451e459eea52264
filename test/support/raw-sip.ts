import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { pause } from './eventually.ts';
import type { SipAddress } from './sipp.ts';

/** Sends whatever it is told to by UDP, as those do who are no telephones, and keeps what comes back. */
export class RawSip {
  readonly answers: string[] = [];
  readonly #socket: Socket;
  readonly #remote: SipAddress;

  static async open(remote: SipAddress): Promise<RawSip> {
    const socket = createSocket('udp4');
    socket.bind(0, '127.0.0.1');
    await once(socket, 'listening');
    return new RawSip(socket, remote);
  }

  private constructor(socket: Socket, remote: SipAddress) {
    this.#socket = socket;
    this.#remote = remote;
    socket.on('message', (datagram) => this.answers.push(datagram.toString('utf8')));
    socket.on('error', () => undefined);
  }

  async send(datagram: string | Buffer): Promise<void> {
    const { host, port } = this.#remote;
    await new Promise<void>((resolve) => this.#socket.send(datagram, port, host, () => resolve()));
  }

  /** A request with the headers that every request must have, outside any dialog. */
  async request(
    method: string,
    uri: string,
    options: {
      readonly userAgent?: string;
      readonly from?: string;
      readonly to?: string;
      readonly headers?: readonly string[];
      readonly body?: string;
      readonly callId?: string;
    } = {},
  ): Promise<void> {
    const { port } = this.#socket.address();
    const id = Math.random().toString(36).slice(2);
    const body = options.body ?? '';
    const from = options.from ?? 'sip:100@127.0.0.1';
    const lines = [
      `${method} ${uri} SIP/2.0`,
      `Via: SIP/2.0/UDP 127.0.0.1:${port};branch=z9hG4bK${id};rport`,
      'Max-Forwards: 70',
      `From: <${from}>;tag=${id}`,
      `To: <${options.to ?? uri}>`,
      `Call-ID: ${options.callId ?? id}@raw`,
      `CSeq: 1 ${method}`,
      `Contact: <sip:100@127.0.0.1:${port}>`,
      `User-Agent: ${options.userAgent ?? 'raw'}`,
      ...(options.headers ?? []),
      ...(body ? ['Content-Type: application/sdp'] : []),
      `Content-Length: ${Buffer.byteLength(body)}`,
    ];
    await this.send(`${lines.join('\r\n')}\r\n\r\n${body}`);
  }

  /** The statuses of all final answers until now, one for each Call-ID. */
  finalStatuses(): ReadonlyMap<string, number> {
    const found = this.answers.flatMap((answer): [string, number][] => {
      const status = Number(/^SIP\/2\.0 (\d{3})/.exec(answer)?.[1] ?? 0);
      const callId = /^Call-ID: *(\S+)@raw/im.exec(answer)?.[1];
      return status >= 200 && callId !== undefined ? [[callId, status]] : [];
    });
    return new Map(found);
  }

  /** Waits until nothing has come for a while. */
  async quiet(quietMs = 700): Promise<void> {
    for (let before = -1; before !== this.answers.length; ) {
      before = this.answers.length;
      await pause(quietMs);
    }
  }

  close(): void {
    this.#socket.close();
  }
}
