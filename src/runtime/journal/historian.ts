import { AskedThread, type ThreadQuestion, type ThreadReply } from '../../lib/asked-thread.ts';
import type { Clock } from '../../lib/clock.ts';
import { besides } from '../../lib/thread-part.ts';
import type { WhyAnswer, WhyRequest } from '../why.ts';
import type { CompactionJob } from './compaction.ts';

/** What the thread is asked; it does one thing after the other. */
export type HistorianTask =
  | { readonly type: 'compact'; readonly job: CompactionJob }
  | { readonly type: 'explain'; readonly request: WhyRequest };

export type HistorianQuestion = ThreadQuestion<HistorianTask>;
export type HistorianReply = ThreadReply;

export interface HistorianOptions {
  /** The journal's. */
  readonly folder: string;
  readonly clock: Clock;
}

const WAITING_MAX = 16;
/** Snapshots of a hundred thousand callers and the longest replay take a few seconds. */
const ANSWER_MS_MAX = 60_000;

/**
 * Reads the journal in a thread of its own: snapshots are made and decisions explained without stopping the
 * engine that serves callers. The thread starts with the process, so that both are of the same program even
 * when another version is installed meanwhile.
 */
export class Historian {
  readonly #thread: AskedThread<HistorianTask>;

  constructor({ folder, clock }: HistorianOptions) {
    this.#thread = new AskedThread({
      url: besides('historian-thread', import.meta.url),
      config: { folder },
      clock,
      waitingMax: WAITING_MAX,
      closedText: 'The journal is being closed.',
      lateText: 'The journal could not be read in time.',
    });
  }

  async compact(job: CompactionJob): Promise<void> {
    await this.#thread.ask({ type: 'compact', job }, ANSWER_MS_MAX);
  }

  async explain(request: WhyRequest): Promise<WhyAnswer> {
    return (await this.#thread.ask({ type: 'explain', request }, ANSWER_MS_MAX)) as WhyAnswer;
  }

  /** What is being worked on is given up: a snapshot is made again by the next process. */
  close(): Promise<void> {
    return this.#thread.close();
  }
}
