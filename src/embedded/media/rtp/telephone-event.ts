import type { RtpHeader } from './packet.ts';

/** The events of RFC 4733 section 3.2 that are keys. */
const EVENTS = '0123456789*#ABCD';

export interface KeyPress {
  readonly digit: string;
  /** In timestamp units, 8 a millisecond. */
  readonly duration: number;
}

/** What is read of a packet's header. */
export type KeyHeader = Pick<RtpHeader, 'ssrc' | 'timestamp' | 'payloadStart' | 'payloadEnd'>;

export const eventOfDigit = (digit: string): number =>
  digit.length === 1 ? EVENTS.indexOf(digit.toUpperCase()) : -1;

/** Whoever is told of a key while it is held does not know how long it will be (FreeSWITCH's shortest, 50 ms). */
const EARLY_UNITS = 400;

/**
 * Hears keys in telephone-event packets (RFC 4733). A press is told once, at its second packet: a caller who holds a
 * key should not have to listen to the prompt meanwhile (FreeSWITCH's IGNORE_DTMF_DURATION). The sender repeats the
 * last packet three times, and any of the three may be lost. When all but the first are, the next press or the silence
 * of `expire` tells it. What is older than the last press came late; timestamps of another stream (RFC 3550 section 5.1:
 * each begins anywhere) say nothing of that.
 */
export class KeyReceiver {
  #ssrc = -1;
  #timestamp = -1;
  #event = -1;
  #told = true;

  receive(header: KeyHeader, packet: Uint8Array): KeyPress[] {
    const { ssrc, timestamp, payloadStart: start, payloadEnd: end } = header;
    if (end - start < 4) return [];
    const event = packet[start] as number;
    if (event >= EVENTS.length) return [];
    if (ssrc === this.#ssrc && timestamp === this.#timestamp) return this.expire();
    if (ssrc === this.#ssrc && this.#isOlder(timestamp)) return [];
    const presses = this.expire();
    this.#ssrc = ssrc;
    this.#timestamp = timestamp;
    this.#event = event;
    this.#told = false;
    const ended = ((packet[start + 1] as number) & 0x80) !== 0;
    return ended ? [...presses, ...this.expire()] : presses;
  }

  /** Has a key begun that was not told yet? */
  get pending(): boolean {
    return !this.#told;
  }

  /** Tells a press of which nothing more may come. */
  expire(): KeyPress[] {
    if (this.#told) return [];
    this.#told = true;
    return [{ digit: EVENTS.charAt(this.#event), duration: EARLY_UNITS }];
  }

  #isOlder(timestamp: number): boolean {
    return ((timestamp - this.#timestamp) | 0) < 0;
  }
}

/** Packets of 20 ms: the last is sent three times in all (RFC 4733 section 2.5.1.4). */
const END_PACKETS = 3;
const STEP_UNITS = 160;
const QUEUE_MAX = 100;
/** Silence between two digits: 3 packets, 60 ms. */
const PAUSE_PACKETS = 3;

/** One packet to send, reused. */
export interface EventPacket {
  marker: boolean;
  payload: Uint8Array;
}

/** Sends keys as telephone-event packets, one a tick; audio waits meanwhile. */
export class KeySender {
  readonly #queue: { event: number; units: number }[] = [];
  #current: { event: number; units: number } | undefined;
  #sentUnits = 0;
  #endsSent = 0;
  #pause = 0;
  readonly #packet: EventPacket = { marker: false, payload: new Uint8Array(4) };

  /** Queues digits of `durationMs` each; unknown characters are passed over, as FreeSWITCH does. */
  send(digits: string, durationMs: number): void {
    for (const digit of digits) {
      const event = eventOfDigit(digit);
      if (event < 0 || this.#queue.length >= QUEUE_MAX) continue;
      this.#queue.push({ event, units: Math.min(0xffff, Math.max(STEP_UNITS, durationMs * 8)) });
    }
  }

  get busy(): boolean {
    return this.#current !== undefined || this.#queue.length > 0 || this.#pause > 0;
  }

  /** Was the packet that `next` returned the first of its key? Then its timestamp is the key's. */
  get starting(): boolean {
    return this.#packet.marker;
  }

  /** The packet of this tick, or nothing in a pause. */
  next(): EventPacket | undefined {
    if (this.#pause > 0) {
      this.#pause--;
      return undefined;
    }
    const starting = this.#current === undefined;
    this.#current ??= this.#queue.shift();
    if (!this.#current) return undefined;
    if (starting) {
      this.#sentUnits = 0;
      this.#endsSent = 0;
    }
    const { event, units } = this.#current;
    this.#sentUnits = Math.min(units, this.#sentUnits + STEP_UNITS);
    const ended = this.#sentUnits >= units;
    this.#write(event, ended, starting);
    if (ended && ++this.#endsSent >= END_PACKETS) {
      this.#current = undefined;
      this.#pause = PAUSE_PACKETS;
    }
    return this.#packet;
  }

  /** Volume -10 dBm0, as FreeSWITCH sends. */
  #write(event: number, ended: boolean, marker: boolean): void {
    const { payload } = this.#packet;
    payload[0] = event;
    payload[1] = (ended ? 0x80 : 0) | 10;
    payload[2] = this.#sentUnits >> 8;
    payload[3] = this.#sentUnits & 0xff;
    this.#packet.marker = marker;
  }
}
