import { createSocket, type Socket } from 'node:dgram';
import { isIP } from 'node:net';
import { bare } from './address.ts';

const PROBES_MAX = 100;
const LISTEN_MS = 500;
/** A keep-alive of RFC 5626 section 3.5.1: every SIP server ignores it. */
const KEEP_ALIVE = '\r\n\r\n';

interface Probe {
  readonly socket: Socket;
  readonly refused: Set<(error: Error) => void>;
  readonly timer: NodeJS.Timeout;
}

/**
 * Finds out at once that nobody listens at a UDP port (a phone that was switched off without saying so)
 * instead of waiting 32 s for timer B. The kernel tells an ICMP "port unreachable" only to a connected
 * socket, and ours must hear everybody; so a second socket knocks at the door, and listens for a moment.
 */
export class ReachabilityProbe {
  readonly #probes = new Map<string, Probe>();
  #closed = false;

  watch(host: string, port: number, onRefused: (error: Error) => void): void {
    if (this.#closed) return;
    const key = `${host}:${port}`;
    const known = this.#probes.get(key);
    if (known) known.refused.add(onRefused);
    else if (this.#probes.size < PROBES_MAX) this.#open(key, host, port, onRefused);
  }

  close(): void {
    this.#closed = true;
    for (const key of [...this.#probes.keys()]) this.#end(key);
  }

  #open(key: string, host: string, port: number, onRefused: (error: Error) => void): void {
    const address = bare(host);
    const socket = createSocket(isIP(address) === 6 ? 'udp6' : 'udp4');
    const timer = setTimeout(() => this.#end(key), LISTEN_MS);
    timer.unref();
    socket.unref();
    this.#probes.set(key, { socket, refused: new Set([onRefused]), timer });
    socket.on('error', (error) => this.#refuse(key, error));
    socket.on('message', () => {});
    socket.connect(port, address, () => {
      // The probe may have been closed between the call and now.
      if (this.#probes.get(key)?.socket === socket) socket.send(KEEP_ALIVE);
    });
  }

  #refuse(key: string, error: Error): void {
    const refused = [...(this.#probes.get(key)?.refused ?? [])];
    this.#end(key);
    // Other errors say something about us, not about the peer.
    if ((error as NodeJS.ErrnoException).code !== 'ECONNREFUSED') return;
    for (const tell of refused) tell(error);
  }

  #end(key: string): void {
    const probe = this.#probes.get(key);
    if (!probe) return;
    this.#probes.delete(key);
    clearTimeout(probe.timer);
    probe.socket.removeAllListeners('error');
    probe.socket.on('error', () => {});
    probe.socket.close();
  }
}
