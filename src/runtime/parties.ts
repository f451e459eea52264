import type { Telephony } from './ports/index.ts';
import type { Leg, Switchboard } from './ports/phones.ts';

/** Who hears whom. Whoever is not named hears nothing. */
export interface Hearing {
  /** These two hear each other. */
  readonly bridged?: readonly [Leg, Leg];
  /** Hears both of them, and is heard by both. */
  readonly third?: Leg;
  /** What is played to a leg again and again: the company's music, or that it rings. */
  readonly playing?: readonly (readonly [Leg, string])[];
}

export type PartiesTelephony = Pick<Telephony, 'bridge'> & Switchboard;

/**
 * The legs of one conversation: who is bridged to whom, and what the others hear meanwhile. The one place that joins
 * and parts legs. Wishes are carried out one after the other; one that came while another was at work is skipped if a
 * later one came as well, so that the last always holds.
 *
 *   apart ⇄ two are bridged ⇄ a third is with them
 *
 * Nobody is taken out of a bridge that goes on: with two bridged already, the third of three joins them, whoever it is.
 */
export class Parties {
  readonly #telephony: PartiesTelephony;
  #bridged: readonly [Leg, Leg] | undefined;
  #third: Leg | undefined;
  #playing = new Map<Leg, string>();
  #atWork = false;
  #wishes = 0;
  #work: Promise<boolean> = Promise.resolve(true);

  constructor(telephony: PartiesTelephony) {
    this.#telephony = telephony;
  }

  /** The two who are bridged now. */
  get bridged(): readonly [Leg, Leg] | undefined {
    return this.#bridged;
  }

  /** Who is with the two. */
  get third(): Leg | undefined {
    return this.#third;
  }

  /** Whom the leg hears now: nobody while it is apart. */
  heardBy(leg: Leg): readonly Leg[] {
    const all = [...(this.#bridged ?? []), ...(this.#third ? [this.#third] : [])];
    return all.includes(leg) ? all.filter((other) => other !== leg) : [];
  }

  /** Makes it so. False: a leg is gone, or the media server would not. A wish that a later one replaced is true. */
  arrange(wanted: Hearing): Promise<boolean> {
    const wish = ++this.#wishes;
    // In the same turn if it can be: nobody waits for a microtask to be heard.
    if (!this.#atWork) return this.#begin(wanted);
    this.#work = this.#work.then(() => (wish === this.#wishes ? this.#begin(wanted) : true));
    return this.#work;
  }

  #begin(wanted: Hearing): Promise<boolean> {
    this.#atWork = true;
    this.#work = this.#carryOut(wanted).finally(() => {
      this.#atWork = false;
    });
    return this.#work;
  }

  /** The leg is over: the media server has parked whoever it was bridged with. */
  gone(leg: Leg): void {
    this.#playing.delete(leg);
    if (this.#third === leg) this.#third = undefined;
    if (!this.#bridged?.includes(leg)) return;
    this.#bridged = undefined;
    this.#third = undefined;
  }

  async #carryOut(wanted: Hearing): Promise<boolean> {
    const made = await this.#join(wanted);
    const playing = new Map(wanted.playing ?? []);
    const talking = [...(wanted.bridged ?? []), ...(wanted.third ? [wanted.third] : [])];
    for (const leg of this.#playing.keys()) {
      // A bridge ends what was played by itself.
      if (!playing.has(leg) && !talking.includes(leg)) leg.stopPlaying();
    }
    for (const [leg, file] of playing) {
      if (this.#playing.get(leg) !== file) leg.playEndlessly(file);
    }
    this.#playing = playing;
    return made;
  }

  #join({ bridged, third }: Hearing): Promise<boolean> {
    if (!bridged) return this.#partAll();
    return third ? this.#allThree([...bridged, third]) : this.#two(bridged);
  }

  async #partAll(): Promise<boolean> {
    const [first] = this.#bridged ?? [];
    const third = this.#third;
    this.#bridged = undefined;
    this.#third = undefined;
    if (third) await this.#telephony.leaveThird(third);
    // A leg that is gone has parted them.
    if (first) await this.#telephony.part(first);
    return true;
  }

  async #two(pair: readonly [Leg, Leg]): Promise<boolean> {
    const third = this.#third;
    this.#third = undefined;
    if (this.#bridged && sameTwo(this.#bridged, pair))
      return third ? this.#telephony.leaveThird(third) : true;
    // Who was with them hears nothing from now on: before the bridge, which would take them along.
    if (third && !pair.includes(third)) await this.#telephony.leaveThird(third);
    this.#bridged = undefined;
    const made = await this.#telephony.bridge(pair[0], pair[1]);
    if (made) this.#bridged = pair;
    return made;
  }

  async #allThree(all: readonly [Leg, Leg, Leg]): Promise<boolean> {
    const bridged = this.#bridged;
    const joined = bridged?.every((leg) => all.includes(leg)) ? bridged : undefined;
    if (!joined && !(await this.#two([all[0], all[1]]))) return false;
    const two = joined ?? [all[0], all[1]];
    const third = all.find((leg) => !two.includes(leg));
    if (!third || third === this.#third) return true;
    const made = await this.#telephony.joinThird(third, two[1]);
    if (made) this.#third = third;
    return made;
  }
}

const sameTwo = (a: readonly [Leg, Leg], b: readonly [Leg, Leg]): boolean =>
  a.includes(b[0]) && a.includes(b[1]);
