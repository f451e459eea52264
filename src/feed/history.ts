import type { Audience, Facts } from './audience.ts';
import type { NumberedTopic } from './protocol.ts';

/** A change as it is sent: written as JSON once, however many read it. */
export interface SentChange {
  readonly seq: number;
  readonly topic: NumberedTopic;
  readonly json: string;
  /** What it is about, and what that was before and is now: undefined, it was or is not there. */
  readonly key: string;
  readonly before: Facts | undefined;
  readonly after: Facts | undefined;
  /** In place of `json` for who may not see it any more. */
  readonly goneJson: string | undefined;
}

/** The last changes, so that a client which was away or behind for a moment can go on where it stopped. */
export class History {
  readonly #sizeMax: number;
  /** A ring: the oldest is overwritten by the newest. */
  readonly #ring: SentChange[] = [];
  #start = 0;
  #firstKnown: number;

  /** `seq`: the number of the last change before this history begins. */
  constructor(sizeMax: number, seq: number) {
    this.#sizeMax = sizeMax;
    this.#firstKnown = seq + 1;
  }

  get seq(): number {
    return this.#ring.at((this.#start || this.#ring.length) - 1)?.seq ?? this.#firstKnown - 1;
  }

  add(change: SentChange): void {
    if (this.#ring.length < this.#sizeMax) {
      this.#ring.push(change);
      return;
    }
    this.#firstKnown = (this.#ring[this.#start]?.seq ?? 0) + 1;
    this.#ring[this.#start] = change;
    this.#start = (this.#start + 1) % this.#sizeMax;
  }

  /** The changes after `seq` in order; undefined when some of them are forgotten, or `seq` is still to come. */
  since(seq: number): readonly SentChange[] | undefined {
    if (seq + 1 < this.#firstKnown || seq > this.seq) return undefined;
    // Numbers follow one another without a gap, so the place is known.
    const count = this.seq - seq;
    const end = this.#start || this.#ring.length;
    const from = end - count;
    if (from >= 0) return this.#ring.slice(from, end);
    return [...this.#ring.slice(from), ...this.#ring.slice(0, end)];
  }
}

/** Of each thing its last change, as if the ones before had not been; in the order of those last changes. */
export function merged(changes: readonly SentChange[]): readonly SentChange[] {
  const last = new Map<string, SentChange>();
  for (const change of changes) {
    const earlier = last.get(change.key);
    last.delete(change.key);
    last.set(change.key, earlier ? { ...change, before: earlier.before ?? change.before } : change);
  }
  return [...last.values()];
}

/** The message with what the audience sees of the changes; undefined: nothing of it. */
export function changesText(
  changes: readonly SentChange[],
  audience: Audience,
  seq: number,
  isMerged = false,
): string | undefined {
  let list = '';
  for (const change of changes) {
    const json = seenBy(audience, change);
    if (json !== undefined) list += list === '' ? json : `,${json}`;
  }
  if (list === '' && !isMerged) return undefined;
  const mark = isMerged ? '"merged":true,' : '';
  return `{"type":"changes","seq":${seq},${mark}"changes":[${list}]}`;
}

function seenBy(
  audience: Audience,
  { topic, before, after, json, goneJson }: SentChange,
): string | undefined {
  if (!audience.topics.has(topic)) return undefined;
  if (after ? audience.sees(topic, after) : !before || audience.sees(topic, before)) return json;
  return before && audience.sees(topic, before) ? goneJson : undefined;
}
