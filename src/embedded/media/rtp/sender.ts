import { FRAME_UNITS } from '../audio/codec.ts';
import {
  PACKET_OCTETS_MAX,
  RTP_HEADER_OCTETS,
  sequenceDistance,
  writeRtpHeader,
} from './packet.ts';

/** Packets in flight: a datagram's memory may not be written while the kernel has not taken it. */
const RING = 8;

export type Transmit = (packet: Buffer, octets: number) => void;

/**
 * One outgoing RTP stream. Whatever feeds it (a prompt, a bridge that forwards packets, keys), the far
 * end sees one SSRC, sequence numbers without holes of our making, and timestamps that follow time.
 */
export class RtpSender {
  readonly ssrc: number;
  packets = 0;
  octets = 0;
  lastTimestamp = 0;
  #sequence: number;
  #timestampBase: number;
  #lastTick = -2;
  #ring: Buffer[] = [];
  #turn = 0;
  readonly #transmit: Transmit;
  /* Of the stream that is forwarded: what its numbers became. */
  #forwardSsrc = -1;
  #forwardSequence = 0;
  #forwardTimestamp = 0;
  #forwarding = false;

  constructor(transmit: Transmit, random: () => number) {
    this.#transmit = transmit;
    this.ssrc = random() >>> 0;
    this.#sequence = random() & 0x7fff;
    this.#timestampBase = random() >>> 0;
    for (let i = 0; i < RING; i++) this.#ring.push(Buffer.allocUnsafe(PACKET_OCTETS_MAX));
  }

  /** The packet that comes next; its payload goes behind the header, then `sendFrame` is called. */
  slot(): Buffer {
    return this.#ring[this.#turn] as Buffer;
  }

  /** Sends the 20 ms whose payload was put into `slot()`. */
  sendFrame(tick: number, payloadType: number, octets: number): void {
    const resumed = tick !== this.#lastTick + 1 || this.#forwarding;
    this.#forwarding = false;
    this.#lastTick = tick;
    this.lastTimestamp = (this.#timestampBase + tick * FRAME_UNITS) >>> 0;
    this.#send(resumed, payloadType, this.#advance(), this.lastTimestamp, octets);
  }

  /** Sends a key's packet; all of one key carry the timestamp of its beginning. */
  sendEvent(tick: number, payloadType: number, payload: Uint8Array, starting: boolean): void {
    if (starting) this.lastTimestamp = (this.#timestampBase + tick * FRAME_UNITS) >>> 0;
    this.#forwarding = false;
    this.slot().set(payload, RTP_HEADER_OCTETS);
    this.#send(starting, payloadType, this.#advance(), this.lastTimestamp, payload.length);
  }

  /** Passes a packet on: its gaps and its order stay, its numbers become ours. */
  forward(
    tick: number,
    payloadType: number,
    source: { ssrc: number; sequence: number; timestamp: number; marker: boolean },
    payload: Uint8Array,
  ): void {
    let marker = source.marker;
    const jump = sequenceDistance(
      (source.sequence + this.#forwardSequence) & 0xffff,
      this.#sequence,
    );
    if (!this.#forwarding || source.ssrc !== this.#forwardSsrc || Math.abs(jump) > 1000) {
      this.#forwarding = true;
      this.#forwardSsrc = source.ssrc;
      this.#forwardSequence = (this.#sequence + 1 - source.sequence) & 0xffff;
      const now = (this.#timestampBase + tick * FRAME_UNITS) >>> 0;
      this.#forwardTimestamp = (now - source.timestamp) >>> 0;
      marker = true;
    }
    this.#lastTick = tick;
    const sequence = (source.sequence + this.#forwardSequence) & 0xffff;
    if (sequenceDistance(sequence, this.#sequence) > 0) this.#sequence = sequence;
    this.lastTimestamp = (source.timestamp + this.#forwardTimestamp) >>> 0;
    this.slot().set(payload, RTP_HEADER_OCTETS);
    this.#send(marker, payloadType, sequence, this.lastTimestamp, payload.length);
  }

  #advance(): number {
    this.#sequence = (this.#sequence + 1) & 0xffff;
    return this.#sequence;
  }

  #send(marker: boolean, type: number, sequence: number, timestamp: number, octets: number): void {
    const packet = this.slot();
    this.#turn = (this.#turn + 1) % RING;
    writeRtpHeader(packet, marker, type, sequence, timestamp, this.ssrc);
    this.packets++;
    this.octets += octets;
    this.#transmit(packet, RTP_HEADER_OCTETS + octets);
  }
}
