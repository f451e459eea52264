import type { Clock, EpochMs, Timer } from '../../lib/clock.ts';
import type { Logger } from '../../lib/log.ts';
import { Trouble } from '../../lib/trouble.ts';
import type { AgentStateRecord } from '../../model/agent.ts';
import type { CallEvent, Cdr } from '../../model/call.ts';
import type { ConversationRecording } from '../../model/recording.ts';
import type { Voicemail } from '../../model/voicemail.ts';
import type { WebhookMessage } from '../../model/webhook.ts';
import type { RecordSink } from '../../runtime/ports/index.ts';
import type { MessageSink } from '../../runtime/ports/webhooks.ts';
import { CarefulWriter } from './careful-writer.ts';
import {
  type QueuedRecord,
  queuedAgentState,
  queuedCdr,
  queuedEvent,
  queuedRecording,
  queuedVoicemail,
  queuedWebhook,
  type RecordInserter,
} from './insert.ts';
import type { Outbox } from './outbox.ts';

/** Records that a crash of this process would lose are at most this old. */
const BATCH_DELAY_MS = 20;
const BATCH_MAX = 1_000;
/** What is formatted at once for the disk: some milliseconds of the thread that routes calls. */
const SPILL_MAX = 2_000;
/** In memory while neither the database nor the disk takes anything. */
const PENDING_MAX = 50_000;
const RETRY_MS = 1_000;

/** Counts since the start. `lost` and `rejected` are what an operator should be woken for. */
export interface RecordStats {
  readonly state: 'direct' | 'queueing';
  readonly pending: number;
  /** What is pending is nowhere but in memory: the disk refuses it, too. */
  readonly diskRefuses: boolean;
  readonly outboxBytes: number;
  readonly written: number;
  readonly queued: number;
  readonly replayed: number;
  /** The database refused them; they are in `rejected.txt`. */
  readonly rejected: number;
  /** Neither database nor disk took them, and the memory was full. */
  readonly lost: number;
}

export interface RecordSinkParts {
  readonly inserter: Pick<RecordInserter, 'insert'>;
  readonly outbox: Pick<
    Outbox,
    'isEmpty' | 'bytes' | 'append' | 'oldest' | 'removeOldest' | 'setAside' | 'close'
  >;
  readonly clock: Clock;
  readonly log: Logger;
  readonly pendingMax?: number;
}

/**
 *   direct ──(database away, or behind)──▶ queueing ──(outbox replayed to its end)──▶ direct
 *
 * direct: batches go to the database. queueing: whatever comes goes to the outbox, and beside that its oldest segment
 * is given to the database, again each second while that is away; new records stay behind the old ones until the
 * outbox is empty. The disk never waits for the database: half of the memory full is enough to turn to it, though a
 * batch is still on its way there (which is then on disk too, and twice is once). When the disk does not take them
 * either they stay in memory, up to a limit, and beyond it they are counted as lost and reported.
 */
export class DurableRecordSink implements RecordSink, MessageSink {
  readonly #parts: RecordSinkParts;
  readonly #pendingMax: number;
  readonly #writer: CarefulWriter;
  #state: 'direct' | 'queueing';
  /** In `direct` the drain takes from its front, in `queueing` the spill: never both. */
  #pending: QueuedRecord[] = [];
  #timer: Timer | undefined;
  #timerDueAt: EpochMs = 0;
  /** What the database is being given: what is pending, or the outbox. One at a time: that is what keeps the order. */
  #storing: Promise<void> | undefined;
  /** What the disk is being given. */
  #spilling: Promise<void> | undefined;
  #retryAt: EpochMs = 0;
  #closed = false;
  #diskFails = false;
  readonly #databaseTrouble: Trouble;
  readonly #diskTrouble: Trouble;
  readonly #counts = { written: 0, queued: 0, replayed: 0, lost: 0 };

  constructor(parts: RecordSinkParts) {
    this.#parts = parts;
    this.#writer = new CarefulWriter(parts.inserter, parts.outbox, parts.log);
    this.#pendingMax = parts.pendingMax ?? PENDING_MAX;
    const { clock, log } = parts;
    this.#databaseTrouble = new Trouble({
      clock,
      begins: (error) =>
        log.warn(
          { error },
          'The database is away, or slower than what comes; records queue on disk',
        ),
      over: () =>
        log.info(
          { replayed: this.#counts.replayed },
          'The database is back; what was on the disk is in it',
        ),
    });
    this.#diskTrouble = new Trouble({
      clock,
      begins: (error) => log.error({ error }, 'The disk takes no records; they are kept in memory'),
      over: () => log.info({}, 'No record is kept from the disk any more'),
    });
    this.#state = parts.outbox.isEmpty ? 'direct' : 'queueing';
    if (this.#state === 'queueing') this.#schedule(0);
  }

  event(event: CallEvent): void {
    this.#accept(() => queuedEvent(event));
  }

  agentState(record: AgentStateRecord): void {
    this.#accept(() => queuedAgentState(record));
  }

  cdr(cdr: Cdr): void {
    this.#accept(() => queuedCdr(cdr));
  }

  voicemail(voicemail: Voicemail): void {
    this.#accept(() => queuedVoicemail(voicemail));
  }

  webhook(message: WebhookMessage): void {
    this.#accept(() => queuedWebhook(message));
  }

  recording(recording: ConversationRecording): void {
    this.#accept(() => queuedRecording(recording));
  }

  /** Until what is pending is in the database or on disk; gives up when neither takes it. */
  async flush(): Promise<void> {
    if (this.#state === 'direct') await this.#storing;
    if (this.#state === 'direct' && this.#pending.length > 0) {
      this.#wake();
      await this.#storing;
    }
    if (this.#state === 'queueing') await this.#spilling;
    if (this.#state === 'queueing' && this.#pending.length > 0) await this.#spillNow();
  }

  stats(): RecordStats {
    return {
      state: this.#state,
      pending: this.#pending.length,
      diskRefuses: this.#diskFails,
      outboxBytes: this.#parts.outbox.bytes,
      rejected: this.#writer.rejected,
      ...this.#counts,
    };
  }

  /** Writes what is pending, to the database or to disk, and stops. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#timer?.cancel();
    this.#databaseTrouble.close();
    this.#diskTrouble.close();
    await this.flush();
    await this.#storing;
    await this.#parts.outbox.close();
    if (this.#pending.length > 0) this.#lose(this.#pending.length);
  }

  #accept(make: () => QueuedRecord): void {
    if (this.#pending.length >= this.#pendingMax) {
      this.#lose(1);
      return;
    }
    try {
      this.#pending.push(make());
    } catch (error) {
      this.#writer.rejected += 1;
      this.#parts.log.error({ error }, 'A record could not be written as JSON');
      return;
    }
    // A database that is slower than what comes is as good as away: the disk takes more than the memory.
    if (this.#state === 'direct' && this.#pending.length > this.#pendingMax / 2)
      this.#becomeQueueing('It is slower than what comes.');
    this.#schedule(BATCH_DELAY_MS);
  }

  /** Said once a power of two, so that a flood of losses is no flood of lines. */
  #lose(count: number): void {
    const before = this.#counts.lost;
    this.#counts.lost += count;
    if (Math.floor(Math.log2(before + 1)) !== Math.floor(Math.log2(this.#counts.lost + 1)))
      this.#parts.log.error({ lost: this.#counts.lost }, 'Records are being lost');
  }

  /** The sooner of what was and what is now wanted. */
  #schedule(delayMs: number): void {
    if (this.#closed) return;
    const dueAt = this.#parts.clock.now() + delayMs;
    if (this.#timer && this.#timerDueAt <= dueAt) return;
    this.#timer?.cancel();
    this.#timerDueAt = dueAt;
    this.#timer = this.#parts.clock.after(delayMs, () => this.#wake());
  }

  /** Begins whatever is due and not yet going on. */
  #wake(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    if (this.#state === 'queueing' && this.#pending.length > 0) void this.#spillNow();
    if (this.#storing || (this.#state === 'queueing' && !this.#retryIsDue())) return this.#plan();
    const work = this.#state === 'direct' ? this.#drain() : this.#replay();
    this.#storing = work.finally(() => {
      this.#storing = undefined;
      this.#plan();
    });
  }

  /** When to look again. Who is at work plans anew when the work is over. */
  #plan(): void {
    const hasPending = this.#pending.length > 0;
    if (this.#state === 'direct') {
      if (hasPending && !this.#storing) this.#schedule(BATCH_DELAY_MS);
      return;
    }
    if (hasPending && !this.#spilling) this.#schedule(this.#diskFails ? RETRY_MS : BATCH_DELAY_MS);
    if (!this.#storing) this.#schedule(Math.max(0, this.#retryAt - this.#parts.clock.now()));
  }

  /** Never rejects. */
  async #drain(): Promise<void> {
    while (this.#pending.length > 0 && this.#state === 'direct') {
      const batch = this.#pending.slice(0, BATCH_MAX);
      const isStored = await this.#writer.insert(batch);
      if (this.#state !== 'direct') return;
      if (isStored) this.#drop(batch.length, 'written');
      else this.#becomeQueueing(this.#writer.fault);
    }
  }

  #spillNow(): Promise<void> {
    this.#spilling ??= this.#spill().finally(() => {
      this.#spilling = undefined;
      this.#plan();
    });
    return this.#spilling;
  }

  /** Never rejects. */
  async #spill(): Promise<void> {
    while (this.#pending.length > 0 && this.#state === 'queueing') {
      const batch = this.#pending.slice(0, SPILL_MAX);
      try {
        await this.#parts.outbox.append(batch);
      } catch (error) {
        this.#diskTrouble.failed(error);
        this.#diskFails = true;
        return;
      }
      this.#diskWorks();
      this.#drop(batch.length, 'queued');
    }
  }

  #drop(count: number, how: 'written' | 'queued'): void {
    this.#pending.splice(0, count);
    this.#counts[how] += count;
  }

  #retryIsDue(): boolean {
    return this.#parts.clock.now() >= this.#retryAt;
  }

  #postponeRetry(): void {
    this.#retryAt = this.#parts.clock.now() + RETRY_MS;
  }

  #diskWorks(): void {
    this.#diskFails = false;
    this.#diskTrouble.worked();
  }

  #becomeQueueing(why: unknown): void {
    this.#state = 'queueing';
    this.#postponeRetry();
    this.#databaseTrouble.failed(why);
    this.#schedule(0);
  }

  /** A segment a round. Never rejects. */
  async #replay(): Promise<void> {
    const { outbox, log } = this.#parts;
    try {
      if (!(await this.#replayOldest())) return this.#postponeRetry();
    } catch (error) {
      log.error({ error }, 'A segment of the outbox could not be read or removed');
      return this.#postponeRetry();
    }
    // A spill that goes on may be about to fill the outbox again.
    if (!outbox.isEmpty || this.#spilling !== undefined) return;
    this.#state = 'direct';
    this.#diskWorks();
    this.#databaseTrouble.worked();
  }

  /** False: the database is still away, or we are closing. */
  async #replayOldest(): Promise<boolean> {
    const { outbox, log } = this.#parts;
    const content = await outbox.oldest();
    // Nothing is on the disk: the first of what it would not take shows whether the database is there. It comes again.
    if (!content) return this.#writer.insert(this.#pending.slice(0, BATCH_MAX));
    const { records, corrupt, torn } = content;
    for (let from = 0; from < records.length; from += BATCH_MAX) {
      if (this.#closed) return false;
      if (!(await this.#writer.insert(records.slice(from, from + BATCH_MAX)))) return false;
    }
    if (torn) log.warn({}, 'The last line of an outbox segment was cut off');
    await this.#writer.setAside(corrupt, 'checksum');
    await outbox.removeOldest();
    this.#counts.replayed += records.length;
    return true;
  }
}
