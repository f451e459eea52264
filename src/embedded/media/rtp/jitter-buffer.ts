import { PACKET_OCTETS_MAX, sequenceDistance } from './packet.ts';

/** Slots on the ring: 64 packets of 20 ms are 1.28 s. They hold the datagrams themselves, not copies. */
const SLOTS = 64;
const NOTHING = new Uint8Array(0);
/** A jump farther than this is a new stream, not a late packet. */
const JUMP_MAX = 50;
const DEPTH_MIN = 2;
const DEPTH_MAX = 8;
/** Packets without trouble after which the buffer becomes one packet shallower: 10 s. */
const CALM_PACKETS = 500;
/** So many packets over the wanted depth, for so long, are thrown away: somebody's clock runs faster than ours. */
const EXCESS_MAX = 4;
const EXCESS_POPS_MAX = 12;
/** After so many packets without a `pop` nobody plays them. A thread that slept finds fewer in its sockets. */
const UNREAD_MAX = 12;

export type Popped = 'packet' | 'lost' | 'empty';

/**
 * Puts packets in order and waits a little for late ones.
 *
 *   filling ──(depth reached)──> playing ──(nothing left)──> filling, one packet deeper
 *
 * The depth starts at 2 packets (40 ms), grows with each underrun and shrinks after 10 calm seconds. While nobody plays
 * from it, because packets are passed on as they are or the leg waits, the last few are kept: whoever begins has no hole.
 */
export class JitterBuffer {
  /** Where the packet that `pop` returned lies. */
  payload: Uint8Array = NOTHING;
  late = 0;
  lost = 0;
  dropped = 0;
  #depth = DEPTH_MIN;
  #count = 0;
  #filling = true;
  #started = false;
  #next = 0;
  /** The last packet that was played: what is older than it has had its time. */
  #played: number | undefined;
  #calm = 0;
  #unread = 0;
  #excessPops = 0;
  readonly #slots: (Uint8Array | undefined)[] = new Array(SLOTS).fill(undefined);

  get depth(): number {
    return this.#depth;
  }

  get waiting(): number {
    return this.#count;
  }

  push(sequence: number, packet: Uint8Array, start: number, end: number): void {
    const length = end - start;
    if (length <= 0 || length > PACKET_OCTETS_MAX) return;
    if (!this.#started) this.#restart(sequence);
    let distance = sequenceDistance(sequence, this.#next);
    if (distance > JUMP_MAX || distance < -JUMP_MAX) {
      this.#restart(sequence);
      distance = 0;
    }
    if (distance < 0) {
      if (!this.#mayStillCome(sequence, distance)) {
        this.late++;
        return;
      }
      this.#next = sequence;
    }
    const slot = sequence & (SLOTS - 1);
    if (this.#slots[slot]) return;
    this.#slots[slot] = packet.subarray(start, end);
    this.#count++;
    if (++this.#unread > UNREAD_MAX) this.#skip();
  }

  /** Somebody begins to play from it: what they hear is the last of what came, not what came before they listened. */
  begin(): void {
    this.#skip();
  }

  /** The next packet in order. Call it once for each packet time. */
  pop(): Popped {
    this.#unread = 0;
    if (this.#filling) {
      if (this.#count < this.#depth) return 'empty';
      this.#filling = false;
    }
    if (this.#count === 0) return this.#underrun();
    this.#thin();
    this.#relax();
    const slot = this.#next & (SLOTS - 1);
    const payload = this.#slots[slot];
    const sequence = this.#next;
    this.#next = (sequence + 1) & 0xffff;
    if (!payload) {
      this.lost++;
      return 'lost';
    }
    this.#played = sequence;
    this.#slots[slot] = undefined;
    this.#count--;
    this.payload = payload;
    return 'packet';
  }

  clear(): void {
    this.#slots.fill(undefined);
    this.#count = 0;
    this.#filling = true;
    this.#started = false;
    this.#played = undefined;
  }

  /** While the buffer fills, one from before the next is taken, if none after it has been played. */
  #mayStillCome(sequence: number, distance: number): boolean {
    if (!this.#filling || -distance + this.#span() > SLOTS) return false;
    return this.#played === undefined || sequenceDistance(sequence, this.#played) > 0;
  }

  #restart(sequence: number): void {
    this.clear();
    this.#started = true;
    this.#next = sequence;
  }

  /** Slots from the next packet to the farthest one that waits. */
  #span(): number {
    for (let ahead = SLOTS - 1; ahead >= 0; ahead--) {
      if (this.#slots[(this.#next + ahead) & (SLOTS - 1)]) return ahead + 1;
    }
    return 0;
  }

  #underrun(): Popped {
    this.#filling = true;
    this.#calm = 0;
    this.#depth = Math.min(DEPTH_MAX, this.#depth + 1);
    return 'empty';
  }

  /** What comes at once after a pause is played at once as well, by the ticks that are made up for. */
  #thin(): void {
    this.#excessPops = this.#count > this.#depth + EXCESS_MAX ? this.#excessPops + 1 : 0;
    if (this.#excessPops > EXCESS_POPS_MAX) this.#skip();
  }

  /** The oldest go, until no more wait than is wanted. */
  #skip(): void {
    while (this.#count > this.#depth) {
      const slot = this.#next & (SLOTS - 1);
      if (this.#slots[slot]) {
        this.#slots[slot] = undefined;
        this.#count--;
        this.dropped++;
      }
      this.#next = (this.#next + 1) & 0xffff;
    }
  }

  #relax(): void {
    this.#calm++;
    if (this.#calm < CALM_PACKETS) return;
    this.#calm = 0;
    this.#depth = Math.max(DEPTH_MIN, this.#depth - 1);
  }
}
