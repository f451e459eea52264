import { createSocket, type Socket } from 'node:dgram';
import { isIP } from 'node:net';
import { bare, plainAddress } from './address.ts';

export interface UdpEvents {
  onDatagram(data: Buffer, host: string, port: number): void;
  onError(error: Error): void;
}

/** One UDP socket: everything the SIP transport needs of node:dgram, and no more. */
export class UdpSocket {
  readonly #socket: Socket;
  /** Known for good: a closed socket would not tell it any more. */
  readonly port: number;
  #open = true;

  private constructor(socket: Socket, events: UdpEvents) {
    this.#socket = socket;
    this.port = socket.address().port;
    socket.on('message', (data, from) =>
      events.onDatagram(data, plainAddress(from.address), from.port),
    );
    socket.on('error', (error) => events.onError(error));
  }

  static open(host: string, port: number, events: UdpEvents): Promise<UdpSocket> {
    const type = isIP(host) === 6 ? 'udp6' : 'udp4';
    const socket = createSocket({ type, recvBufferSize: 4_194_304, sendBufferSize: 4_194_304 });
    return new Promise((resolve, reject) => {
      socket.once('error', reject);
      socket.bind({ port, address: host, exclusive: true }, () => {
        socket.removeListener('error', reject);
        resolve(new UdpSocket(socket, events));
      });
    });
  }

  /** UDP tells of an unreachable peer rarely and late; `onFailed` hears what it does tell. */
  send(data: Buffer, host: string, port: number, onFailed: (error: Error) => void): void {
    if (!this.#open) return;
    // A name would make node look it up anew for every datagram; callers resolve names beforehand.
    this.#socket.send(data, port, bare(host), (error) => {
      if (error && this.#open) onFailed(error);
    });
  }

  close(): Promise<void> {
    if (!this.#open) return Promise.resolve();
    this.#open = false;
    return new Promise((resolve) => this.#socket.close(() => resolve()));
  }
}
