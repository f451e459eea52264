import { createSocket, type Socket } from 'node:dgram';

/** A pair of sockets: RTP on an even port and RTCP on the next (RFC 3550 section 11). */
export interface PortPair {
  readonly port: number;
  readonly rtp: Socket;
  readonly rtcp: Socket;
}

/** A burst of 100 ms from a gateway fits. */
const RECEIVE_BUFFER_OCTETS = 256 * 1024;

/** Hands out the port range in turn, so that a port just freed rests before it is used again. */
export class PortPool {
  readonly #address: string;
  readonly #first: number;
  readonly #pairs: number;
  readonly #used = new Set<number>();
  #next = 0;

  constructor(address: string, portMin: number, portMax: number) {
    this.#address = address;
    this.#first = portMin + (portMin & 1);
    this.#pairs = Math.max(0, Math.floor((portMax + 1 - this.#first) / 2));
  }

  get free(): number {
    return this.#pairs - this.#used.size;
  }

  /** Opens a pair, or returns nothing when every port is in use, be it by others on this machine. */
  async open(): Promise<PortPair | undefined> {
    for (let attempt = 0; attempt < this.#pairs; attempt++) {
      const port = this.#first + 2 * this.#next;
      this.#next = (this.#next + 1) % this.#pairs;
      if (this.#used.has(port)) continue;
      this.#used.add(port);
      const rtp = await bind(this.#address, port);
      const rtcp = rtp && (await bind(this.#address, port + 1));
      if (rtp && rtcp) return { port, rtp, rtcp };
      rtp?.close();
      this.#used.delete(port);
    }
    return undefined;
  }

  close(pair: PortPair): void {
    if (!this.#used.delete(pair.port)) return;
    pair.rtp.removeAllListeners('message');
    pair.rtcp.removeAllListeners('message');
    pair.rtp.close();
    pair.rtcp.close();
  }
}

/** The address is a number already: a look-up would cost every packet a turn of the event loop. */
function noLookup(
  hostname: string,
  _options: object,
  done: (error: NodeJS.ErrnoException | null, address: string, family: number) => void,
): void {
  done(null, hostname, 4);
}

function bind(address: string, port: number): Promise<Socket | undefined> {
  return new Promise((resolve) => {
    const socket = createSocket({ type: 'udp4', lookup: noLookup });
    socket.once('error', () => {
      socket.close();
      resolve(undefined);
    });
    socket.bind({ address, port, exclusive: true }, () => {
      socket.removeAllListeners('error');
      // An ICMP "port unreachable" must not bring the server down; silence is noticed by the RTP timeout.
      socket.on('error', () => undefined);
      try {
        socket.setRecvBufferSize(RECEIVE_BUFFER_OCTETS);
      } catch {
        // A kernel that allows less gives what it allows.
      }
      resolve(socket);
    });
  });
}
