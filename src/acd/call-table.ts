import { type CallId, callId } from '../model/ids.ts';

const PLACES_MIN = 64;
/** Of a longer id these many letters at either end tell it from others: what lies between is looked at last. */
const LETTERS = 8;
const EMPTY = 0;

/** What is found by its id, in the order of `seq`. */
interface Numbered {
  readonly id: CallId;
  readonly seq: number;
  /** The number of its id, set by the table alone: whoever goes is found without it. */
  print: number;
}

/**
 * Calls by their ids. A `Map` of strings fetches the string of each entry that it passes, from all over the memory; here
 * a number for each id lies in one flat table, and a call is fetched when its number is the one that is looked for.
 * Open addressing with linear probing, at most half full; whoever goes has those behind them move up (Knuth, The Art of
 * Computer Programming 3, section 6.4, algorithms L and R).
 */
export class CallTable<Call extends Numbered> {
  #prints = new Int32Array(PLACES_MIN);
  #calls: (Call | undefined)[] = new Array(PLACES_MIN).fill(undefined);
  #size = 0;
  /** Whoever comes was asked for a moment ago. */
  #asked = { id: callId(''), print: 1 };

  get size(): number {
    return this.#size;
  }

  get(id: CallId): Call | undefined {
    return this.#calls[this.#placeOf(id, printOf(id))];
  }

  has(id: CallId): boolean {
    const print = printOf(id);
    this.#asked.id = id;
    this.#asked.print = print;
    return this.#prints[this.#placeOf(id, print)] !== EMPTY;
  }

  /** The call's id is not in the table. */
  add(call: Call): void {
    if (2 * ++this.#size > this.#calls.length) this.#grow();
    const { id, print } = this.#asked;
    call.print = call.id === id ? print : printOf(call.id);
    this.#put(call);
  }

  delete(call: Call): void {
    const last = this.#prints.length - 1;
    let place = call.print & last;
    while (this.#calls[place] !== call) {
      if (this.#prints[place] === EMPTY) return;
      place = (place + 1) & last;
    }
    this.#size--;
    this.#close(place);
  }

  /** In the order in which they came. */
  values(): Call[] {
    const calls = this.#calls.filter((call) => call !== undefined);
    return calls.sort((a, b) => a.seq - b.seq);
  }

  /** Where the call stands, or would. */
  #placeOf(id: CallId, print: number): number {
    const last = this.#prints.length - 1;
    let place = print & last;
    for (;;) {
      const other = this.#prints[place];
      if (other === EMPTY || (other === print && this.#calls[place]?.id === id)) return place;
      place = (place + 1) & last;
    }
  }

  #put(call: Call): void {
    const place = this.#placeOf(call.id, call.print);
    this.#prints[place] = call.print;
    this.#calls[place] = call;
  }

  /** Whoever stands behind an empty place and would not be found any more moves into it. */
  #close(from: number): void {
    const last = this.#prints.length - 1;
    let empty = from;
    for (let place = (from + 1) & last; this.#prints[place] !== EMPTY; place = (place + 1) & last) {
      const print = this.#prints[place] as number;
      const wayFromHome = (place - print) & last;
      if (wayFromHome < ((place - empty) & last)) continue;
      this.#prints[empty] = print;
      this.#calls[empty] = this.#calls[place];
      empty = place;
    }
    this.#prints[empty] = EMPTY;
    this.#calls[empty] = undefined;
  }

  #grow(): void {
    const calls = this.#calls;
    this.#prints = new Int32Array(2 * calls.length);
    this.#calls = new Array(2 * calls.length).fill(undefined);
    for (const call of calls) if (call) this.#put(call);
  }
}

/** A number for the id, never {@link EMPTY}: FNV-1a, and its upper half brought down to where places are told apart. */
function printOf(id: string): number {
  const { length } = id;
  let print = 0x811c9dc5 ^ length;
  for (let n = length > LETTERS ? length - LETTERS : 0; n < length; n++) {
    print = Math.imul(print ^ id.charCodeAt(n), 0x01000193);
  }
  const head = Math.min(LETTERS, length - LETTERS);
  for (let n = 0; n < head; n++) print = Math.imul(print ^ id.charCodeAt(n), 0x01000193);
  print ^= print >>> 15;
  return print === EMPTY ? 1 : print;
}
