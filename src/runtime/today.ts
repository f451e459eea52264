import type { Change } from '../acd/changes.ts';
import type { EpochMs } from '../lib/clock.ts';
import { dayEnd, dayOf } from '../lib/zone.ts';
import type { CallId, QueueId } from '../model/ids.ts';
import type { QueueToday, TodayOfQueue } from './ports/feed.ts';

type Tally = { -readonly [Figure in keyof QueueToday]: QueueToday[Figure] };

const NOTHING: QueueToday = {
  offered: 0,
  answered: 0,
  answeredWithin: 0,
  abandoned: 0,
  shortAbandons: 0,
  leftOtherwise: 0,
  waitedMs: 0,
};

/**
 * Counts the day for those who look on: exact reports are made of the records. It begins anew at the local midnight,
 * and what was counted before a restart is put in from the records.
 */
export class Today {
  readonly #zone: string;
  readonly #serviceLevelMs: (queueId: QueueId) => number;
  readonly #tallies = new Map<QueueId, Tally>();
  /** The answered who still speak: an answer after which nobody could speak counts no more. */
  readonly #talking = new Map<CallId, { readonly within: 0 | 1; readonly waitMs: number }>();
  #endsAt: EpochMs = 0;

  constructor(zone: string, serviceLevelMs: (queueId: QueueId) => number) {
    this.#zone = zone;
    this.#serviceLevelMs = serviceLevelMs;
  }

  restore(now: EpochMs, figures: ReadonlyMap<QueueId, QueueToday>): void {
    this.#turn(now);
    for (const [id, figure] of figures) this.#tallies.set(id, { ...figure });
  }

  of(id: QueueId, now: EpochMs): QueueToday {
    this.#turn(now);
    return this.#tallies.get(id) ?? NOTHING;
  }

  /** Of every queue that has had callers. */
  all(now: EpochMs): readonly TodayOfQueue[] {
    this.#turn(now);
    return [...this.#tallies].map(([id, tally]) => [id, { ...tally }]);
  }

  take(now: EpochMs, change: Change): void {
    this.#turn(now);
    switch (change.type) {
      case 'call.queued':
        this.#of(change.queueId).offered += 1;
        return;
      case 'call.overflowed':
        this.#of(change.fromQueueId).leftOtherwise += 1;
        this.#of(change.queueId).offered += 1;
        return;
      case 'call.connected':
        return this.#answered(change);
      case 'call.returned':
        return this.#returned(change);
      case 'call.ended':
        this.#talking.delete(change.callId);
        return;
      case 'call.left':
        return this.#left(change);
      default:
    }
  }

  /** Whoever is rung by a colleague is none of the queue's callers. */
  #answered(change: Extract<Change, { type: 'call.connected' }>): void {
    if (change.directed) return;
    const { callId, queueId, waitMs } = change;
    const within = waitMs <= this.#serviceLevelMs(queueId) ? 1 : 0;
    const tally = this.#of(queueId);
    tally.answered += 1;
    tally.answeredWithin += within;
    tally.waitedMs += waitMs;
    this.#talking.set(callId, { within, waitMs });
  }

  #returned({ callId, queueId }: Extract<Change, { type: 'call.returned' }>): void {
    const counted = this.#talking.get(callId);
    if (!counted) return;
    const tally = this.#of(queueId);
    tally.answered -= 1;
    tally.answeredWithin -= counted.within;
    tally.waitedMs -= counted.waitMs;
    this.#talking.delete(callId);
  }

  #left({ queueId, outcome, directed, byHouse }: Extract<Change, { type: 'call.left' }>): void {
    if (directed) return;
    const tally = this.#of(queueId);
    if (byHouse) tally.leftOtherwise += 1;
    else if (outcome === 'abandoned') tally.abandoned += 1;
    else if (outcome === 'shortAbandon') tally.shortAbandons += 1;
    else tally.leftOtherwise += 1;
  }

  #of(id: QueueId): Tally {
    const known = this.#tallies.get(id);
    if (known) return known;
    const made = { ...NOTHING };
    this.#tallies.set(id, made);
    return made;
  }

  /** Who speaks across midnight was answered yesterday. */
  #turn(now: EpochMs): void {
    if (now < this.#endsAt) return;
    this.#tallies.clear();
    this.#talking.clear();
    this.#endsAt = dayEnd(this.#zone, dayOf(this.#zone, now));
  }
}
