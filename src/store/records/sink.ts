import type { Clock, EpochMs, Timer } from '../../lib/clock.ts';
import type { Logger } from '../../lib/log.ts';
import type { AgentStateRecord } from '../../model/agent.ts';
import type { CallEvent, Cdr } from '../../model/call.ts';
import type { ConversationRecording } from '../../model/recording.ts';
import type { Voicemail } from '../../model/voicemail.ts';
import type { WebhookMessage } from '../../model/webhook.ts';
import type { RecordSink } from '../../runtime/ports.ts';
import type { MessageSink } from '../../runtime/ports.webhooks.ts';
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
/** In memory while neither the database nor the disk takes anything. */
const PENDING_MAX = 50_000;
const RETRY_MS = 1_000;

/** Counts since the start. `lost` and `rejected` are what an operator should be woken for. */
export interface RecordStats {
  readonly state: 'direct' | 'queueing';
  readonly pending: number;
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
 * direct: batches go to the database. queueing: batches go to the outbox, and each second its oldest segment is
 * tried on the database; new records stay behind the old ones until the outbox is empty. When the disk does not
 * take them either they stay in memory, up to a limit, and beyond it they are counted as lost and reported.
 */
export class DurableRecordSink implements RecordSink, MessageSink {
  readonly #parts: RecordSinkParts;
  readonly #pendingMax: number;
  readonly #writer: CarefulWriter;
  #state: 'direct' | 'queueing';
  #pending: QueuedRecord[] = [];
  #timer: Timer | undefined;
  #timerDueAt: EpochMs = 0;
  #running: Promise<void> | undefined;
  #retryAt: EpochMs = 0;
  #closed = false;
  #diskFails = false;
  readonly #counts = { written: 0, queued: 0, replayed: 0, lost: 0 };

  constructor(parts: RecordSinkParts) {
    this.#parts = parts;
    this.#writer = new CarefulWriter(parts.inserter, parts.outbox, parts.log);
    this.#pendingMax = parts.pendingMax ?? PENDING_MAX;
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

  async flush(): Promise<void> {
    await this.#running;
    if (this.#pending.length > 0) await this.#runNow();
  }

  stats(): RecordStats {
    return {
      state: this.#state,
      pending: this.#pending.length,
      outboxBytes: this.#parts.outbox.bytes,
      rejected: this.#writer.rejected,
      ...this.#counts,
    };
  }

  /** Writes what is pending, to the database or to disk, and stops. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#timer?.cancel();
    await this.flush();
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
    this.#schedule(BATCH_DELAY_MS);
  }

  /** Said once a power of two, so that a flood of losses is no flood of lines. */
  #lose(count: number): void {
    const before = this.#counts.lost;
    this.#counts.lost += count;
    if (Math.floor(Math.log2(before + 1)) !== Math.floor(Math.log2(this.#counts.lost + 1)))
      this.#parts.log.error({ lost: this.#counts.lost }, 'Records are being lost');
  }

  /** The sooner of what was and what is now wanted. After a run in progress everything is thought over. */
  #schedule(delayMs: number): void {
    if (this.#running || this.#closed) return;
    const dueAt = this.#parts.clock.now() + delayMs;
    if (this.#timer && this.#timerDueAt <= dueAt) return;
    this.#timer?.cancel();
    this.#timerDueAt = dueAt;
    this.#timer = this.#parts.clock.after(delayMs, () => void this.#runNow());
  }

  #runNow(): Promise<void> {
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#running ??= this.#run().finally(() => {
      this.#running = undefined;
      if (this.#diskFails) this.#schedule(RETRY_MS);
      else if (this.#pending.length > 0) this.#schedule(BATCH_DELAY_MS);
      else if (this.#state === 'queueing')
        this.#schedule(Math.max(0, this.#retryAt - this.#parts.clock.now()));
    });
    return this.#running;
  }

  /** One at a time: that is what keeps the order. Never rejects. */
  async #run(): Promise<void> {
    while (this.#pending.length > 0) {
      const batch = this.#pending.slice(0, BATCH_MAX);
      if (!(await this.#store(batch))) break;
      this.#pending.splice(0, batch.length);
    }
    if (this.#state === 'queueing' && !this.#closed) await this.#replay();
  }

  /** False: nobody took the batch. */
  async #store(batch: readonly QueuedRecord[]): Promise<boolean> {
    if (this.#state === 'direct') {
      // A database that is slower than what comes is as good as away: the disk takes more than the memory.
      const isBehind = this.#pending.length > this.#pendingMax / 2;
      if (!isBehind && (await this.#writer.insert(batch))) {
        this.#counts.written += batch.length;
        return true;
      }
      this.#becomeQueueing();
    }
    // With a disk that fails the records stay in memory, and the way out is the database alone.
    if (this.#diskFails && this.#parts.outbox.isEmpty && this.#retryIsDue()) {
      if (await this.#writer.insert(batch)) {
        this.#counts.written += batch.length;
        return true;
      }
      this.#postponeRetry();
    }
    return this.#queue(batch);
  }

  async #queue(batch: readonly QueuedRecord[]): Promise<boolean> {
    try {
      await this.#parts.outbox.append(batch);
      this.#counts.queued += batch.length;
      this.#diskFails = false;
      return true;
    } catch (error) {
      if (!this.#diskFails)
        this.#parts.log.error({ error }, 'The disk takes no records; they are kept in memory');
      this.#diskFails = true;
      return false;
    }
  }

  #retryIsDue(): boolean {
    return this.#parts.clock.now() >= this.#retryAt;
  }

  #postponeRetry(): void {
    this.#retryAt = this.#parts.clock.now() + RETRY_MS;
  }

  #becomeQueueing(): void {
    this.#state = 'queueing';
    this.#postponeRetry();
    this.#parts.log.warn(
      {},
      'The database is away, or slower than what comes; records queue on disk',
    );
  }

  /** A segment a round, so that new records reach the disk in between. */
  async #replay(): Promise<void> {
    const { outbox, log } = this.#parts;
    if (!this.#retryIsDue()) return;
    try {
      if (!(await this.#replayOldest())) return this.#postponeRetry();
    } catch (error) {
      log.error({ error }, 'A segment of the outbox could not be read or removed');
      return this.#postponeRetry();
    }
    if (!outbox.isEmpty) return;
    this.#state = 'direct';
    this.#diskFails = false;
    log.info({ replayed: this.#counts.replayed }, 'The database is back; the outbox is empty');
  }

  /** False: the database is still away. */
  async #replayOldest(): Promise<boolean> {
    const { outbox, log } = this.#parts;
    const content = await outbox.oldest();
    if (!content) return this.#writer.insert([]);
    const { records, corrupt, torn } = content;
    for (let from = 0; from < records.length; from += BATCH_MAX)
      if (!(await this.#writer.insert(records.slice(from, from + BATCH_MAX)))) return false;
    if (torn) log.warn({}, 'The last line of an outbox segment was cut off');
    await this.#writer.setAside(corrupt, 'checksum');
    await outbox.removeOldest();
    this.#counts.replayed += records.length;
    return true;
  }
}
