import type { RtpPacket } from './rtp-packet.ts';

/** An hour of packets: nothing here measures for longer. */
const SPACINGS_MAX = 180_000;

/** What can be said of a stream from its packets' arrival. Times are milliseconds of `performance.now()`. */
export class RtpStatistics {
  packets = 0;
  /** Sequence numbers that never came. A change of SSRC or a jump starts to count anew. */
  lost = 0;
  firstAt: number | undefined;
  lastAt: number | undefined;
  readonly spacingsMs: number[] = [];
  #ssrc: number | undefined;
  #sequence = 0;

  feed(packet: RtpPacket, at: number): void {
    const gap = (packet.sequence - this.#sequence) & 0xffff;
    const follows = this.#ssrc === packet.ssrc && gap > 0 && gap < 100;
    if (follows) this.lost += gap - 1;
    if (follows && this.lastAt !== undefined && this.spacingsMs.length < SPACINGS_MAX)
      this.spacingsMs.push(at - this.lastAt);
    this.#ssrc = packet.ssrc;
    this.#sequence = packet.sequence;
    this.packets += 1;
    this.firstAt ??= at;
    this.lastAt = at;
  }
}
