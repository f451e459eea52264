import { sequenceDistance } from './packet.ts';

/** What RTCP reports of a received stream (RFC 3550 appendix A). */
export class ReceiverStats {
  packets = 0;
  octets = 0;
  ssrc = 0;
  /** Interarrival jitter in timestamp units. */
  jitter = 0;
  #base = 0;
  #cycles = 0;
  #highest = 0;
  #transit: number | undefined;
  #expectedPrior = 0;
  #receivedPrior = 0;
  #received = 0;

  receive(ssrc: number, sequence: number, timestamp: number, octets: number, nowMs: number): void {
    this.packets++;
    this.octets += octets;
    if (ssrc !== this.ssrc || this.#received === 0) this.#begin(ssrc, sequence);
    const distance = sequenceDistance(sequence, this.#highest);
    if (distance > 0) {
      if (sequence < this.#highest) this.#cycles += 0x10000;
      this.#highest = sequence;
    }
    this.#received++;
    const transit = nowMs * 8 - timestamp;
    if (this.#transit !== undefined) {
      const difference = Math.abs(transit - this.#transit);
      if (difference < 8000) this.jitter += (difference - this.jitter) / 16;
    }
    this.#transit = transit;
  }

  get highestSequence(): number {
    return this.#cycles + this.#highest;
  }

  get lost(): number {
    return Math.max(0, this.#expected() - this.#received);
  }

  /** The share lost since the last call, in 256ths. */
  fractionLost(): number {
    const expected = this.#expected() - this.#expectedPrior;
    const received = this.#received - this.#receivedPrior;
    this.#expectedPrior += expected;
    this.#receivedPrior += received;
    return expected <= 0 ? 0 : Math.max(0, Math.floor((256 * (expected - received)) / expected));
  }

  #expected(): number {
    return this.#received === 0 ? 0 : this.highestSequence - this.#base + 1;
  }

  #begin(ssrc: number, sequence: number): void {
    this.ssrc = ssrc;
    this.#base = sequence;
    this.#highest = sequence;
    this.#cycles = 0;
    this.#received = 0;
    this.#expectedPrior = 0;
    this.#receivedPrior = 0;
    this.#transit = undefined;
  }
}
