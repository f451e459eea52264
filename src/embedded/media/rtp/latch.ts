/** Packets from one new place, of one stream, before we believe it. */
const PROOF_PACKETS = 3;
/** A place that was heard keeps the call until it has been silent so long. */
const SILENCE_MS = 2000;

export interface Place {
  readonly address: string;
  readonly port: number;
}

/**
 * Symmetric RTP (RFC 4961, and RFC 7362 section 4 on latching): where packets are believed to come from,
 * and so where ours go. It begins with the place that SDP named. Another place is taken only when three
 * packets in a row of one SSRC came from there, and only while the known place is silent; a stranger
 * who sprays packets at our ports does not get the call.
 *
 *   named ──(3 packets from elsewhere)──> moved        heard ──(silent 2 s, then 3 from elsewhere)──> moved
 *     ^──────────────(1 packet from the place that SDP named)───────────────┘
 *
 * What SDP said was said by who it is: the first packet from there takes the call back from whoever came before. And
 * a far end that was heard where SDP said has no NAT that hides it: it may get another port, and no other address.
 */
export class Latch {
  address = '';
  port = 0;
  #named: Place = { address: '', port: 0 };
  #wasNamedRightly = false;
  #heardAtMs = Number.NEGATIVE_INFINITY;
  #candidate: (Place & { ssrc: number; packets: number }) | undefined;

  /** SDP named a place. A place that was learnt stays when SDP only repeats itself. */
  name(place: Place, changed: boolean): void {
    if (!changed) return;
    this.#named = place;
    this.#wasNamedRightly = false;
    this.#take(place, Number.NEGATIVE_INFINITY);
  }

  /** May this packet be taken? */
  accepts(address: string, port: number, ssrc: number, nowMs: number): boolean {
    if (port === this.#named.port && address === this.#named.address) {
      this.#wasNamedRightly = true;
      this.#take(this.#named, nowMs);
      return true;
    }
    if (port === this.port && address === this.address) {
      this.#heardAtMs = nowMs;
      return true;
    }
    if (this.#wasNamedRightly && address !== this.#named.address) return false;
    if (nowMs - this.#heardAtMs < SILENCE_MS) return false;
    const known = this.#candidate;
    if (known?.address !== address || known.port !== port || known.ssrc !== ssrc) {
      this.#candidate = { address, port, ssrc, packets: 1 };
      return false;
    }
    known.packets++;
    if (known.packets < PROOF_PACKETS) return false;
    this.#take({ address, port }, nowMs);
    return true;
  }

  #take({ address, port }: Place, heardAtMs: number): void {
    this.address = address;
    this.port = port;
    this.#heardAtMs = heardAtMs;
    this.#candidate = undefined;
  }
}
