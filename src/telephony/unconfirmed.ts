/** Of one source, a trunk or a phone: more than any has on the way between its INVITE and its ACK. */
const PER_SOURCE_MAX = 200;
/** Of all who are neither trunk nor phone: the rest of the house is for those who are known. */
const OF_STRANGERS_MAX = 300;

/**
 * Calls that have not been acknowledged. Whoever sends INVITEs and no ACK has a channel for 32 s for each (RFC 3261 section
 * 13.3.1.4), at the cost of one packet, whose source may be forged: without a limit a handful a second fills the house.
 */
export class UnconfirmedCalls {
  readonly #bySource = new Map<string, number>();
  #ofStrangers = 0;
  #refused = 0;

  /** How many were not taken. */
  get refused(): number {
    return this.#refused;
  }

  /** What to call once it is acknowledged, or over; undefined: there are too many. */
  begin(source: string, isStranger: boolean): (() => void) | undefined {
    const count = this.#bySource.get(source) ?? 0;
    if (count >= PER_SOURCE_MAX || (isStranger && this.#ofStrangers >= OF_STRANGERS_MAX)) {
      this.#refused += 1;
      return undefined;
    }
    this.#bySource.set(source, count + 1);
    if (isStranger) this.#ofStrangers += 1;
    let over = false;
    return () => {
      if (over) return;
      over = true;
      this.#end(source, isStranger);
    };
  }

  #end(source: string, isStranger: boolean): void {
    const left = (this.#bySource.get(source) ?? 0) - 1;
    if (left > 0) this.#bySource.set(source, left);
    else this.#bySource.delete(source);
    if (isStranger) this.#ofStrangers -= 1;
  }
}
