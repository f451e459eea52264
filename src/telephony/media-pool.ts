import type { MediaServerView } from '../runtime/ports/meters.ts';
import type { Channel } from './channel.ts';
import { offersCommonCodec } from './common-codec.ts';
import type { MediaServer } from './media-server.ts';

/** A SIP status that the caller should get when no channel could be had. */
export class NoChannel extends Error {
  readonly status: number;

  constructor(status: number) {
    super(`No channel: ${status}`);
    this.status = status;
  }
}

/** The far end's offer itself was refused: another server would refuse it as well. */
const OFFER_REFUSED = new Set([400, 415, 488, 606]);

/**
 * The media servers that this application uses: the least loaded one that is up takes the next call. One that does
 * not answer has no load and would get every call, so it comes last.
 */
export class MediaPool {
  readonly #servers: readonly MediaServer[];

  constructor(servers: readonly MediaServer[]) {
    this.#servers = servers;
  }

  get up(): boolean {
    return this.#servers.some((server) => server.up);
  }

  /** How many channels of ours there are. */
  get load(): number {
    return this.#servers.reduce((sum, server) => sum + server.load, 0);
  }

  get views(): readonly MediaServerView[] {
    return this.#servers.map(({ name, up, load }) => ({ name, up, channels: load }));
  }

  /** The connection to drachtio has come, or gone. */
  signalling(up: boolean): void {
    for (const server of this.#servers) server.signalling(up);
  }

  connect(): void {
    for (const server of this.#servers) server.connect();
  }

  close(): void {
    for (const server of this.#servers) server.close();
  }

  /** For a leg that we place: the server that a call would come to. Undefined: none is up. */
  best(): MediaServer | undefined {
    return this.#candidates()[0];
  }

  /**
   * Tries each server that is up, and the first that refused once more. Where FreeSWITCH finds the port taken that it
   * wanted for the sound it says 488, as if the offer were at fault: one that cannot be is tried again, and there the
   * next port is. Its 503 is often over at once, too: a thread or a place in its queue that it lacked for a moment. One
   * that did not answer at all has had its time. Rejects with {@link NoChannel}.
   */
  async createChannel(
    uuid: string,
    offer?: string,
  ): Promise<{ channel: Channel; server: MediaServer }> {
    const blameless = offersCommonCodec(offer ?? '');
    const candidates = this.#candidates();
    let again: MediaServer | undefined;
    let offerRefused = false;
    for (const server of candidates) {
      try {
        // The channel that was refused may not be forgotten yet.
        const name = server === again ? `${uuid}.2` : uuid;
        return { channel: await server.createChannel(name, offer), server };
      } catch (error) {
        const { status } = error as { status?: number };
        if (status === undefined || status === 408) continue;
        if (OFFER_REFUSED.has(status)) offerRefused = true;
        if (offerRefused && !blameless) throw new NoChannel(488);
        if (!again) candidates.push(server);
        again ??= server;
      }
    }
    throw new NoChannel(offerRefused ? 488 : 503);
  }

  #candidates(): MediaServer[] {
    const before = (a: MediaServer, b: MediaServer) =>
      Number(a.silent) - Number(b.silent) || a.load - b.load;
    return this.#servers.filter((server) => server.up).sort(before);
  }
}
