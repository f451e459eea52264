import { AskedThread } from '../../lib/asked-thread.ts';
import type { Clock, EpochMs } from '../../lib/clock.ts';
import { CodedError, refusal } from '../../lib/errors.ts';
import type { Logger } from '../../lib/log.ts';
import type { ToldLine } from '../../lib/telling-logger.ts';
import { besides } from '../../lib/thread-part.ts';
import { within } from '../../lib/within.ts';
import type {
  CasualQuery,
  IntervalQuery,
  Reports,
  ReportText,
  TimelineQuery,
} from '../../runtime/ports/reports.ts';
import type { BureauOptions } from './bureau.ts';

/** What the thread is asked. */
export type ReportTask =
  | { readonly type: 'intervals'; readonly query: IntervalQuery }
  | { readonly type: 'timelines'; readonly query: TimelineQuery }
  | { readonly type: 'casual'; readonly query: CasualQuery }
  | { readonly type: 'replay'; readonly from: EpochMs; readonly to: EpochMs }
  | { readonly type: 'refresh' }
  | { readonly type: 'close' };

/** What the thread says unasked. */
export type ReportWord =
  | { readonly kind: 'asOf'; readonly asOf: EpochMs }
  | ({ readonly kind: 'log' } & ToldLine);

const WAITING_MAX = 64;
const READ_MS_MAX = 35_000;
const WORK_MS_MAX = 600_000;
const CLOSE_MS_MAX = 2_000;

/** Asks the thread of reports; nothing of what it does stands in the way of a call. */
export class ReportDesk implements Reports {
  readonly #thread: AskedThread<ReportTask>;
  readonly #clock: Clock;
  #asOf: EpochMs | undefined;

  constructor(options: BureauOptions, clock: Clock, log: Logger) {
    this.#clock = clock;
    this.#thread = new AskedThread({
      url: besides('thread', import.meta.url),
      config: options,
      clock,
      waitingMax: WAITING_MAX,
      closedText: 'Reports are being closed.',
      lateText: 'The report took too long.',
      onMessage: (message) => this.#heard(message as ReportWord, log),
    });
  }

  intervals(query: IntervalQuery): Promise<ReportText> {
    return this.#ask({ type: 'intervals', query }, READ_MS_MAX) as Promise<ReportText>;
  }

  timelines(query: TimelineQuery): Promise<ReportText> {
    return this.#ask({ type: 'timelines', query }, READ_MS_MAX) as Promise<ReportText>;
  }

  casual(query: CasualQuery): Promise<ReportText> {
    return this.#ask({ type: 'casual', query }, READ_MS_MAX) as Promise<ReportText>;
  }

  replay(from: EpochMs, to: EpochMs): Promise<number> {
    return this.#ask({ type: 'replay', from, to }, WORK_MS_MAX) as Promise<number>;
  }

  async refresh(): Promise<void> {
    await this.#ask({ type: 'refresh' }, WORK_MS_MAX);
  }

  state() {
    return { asOf: this.#asOf };
  }

  /** A step that is not over is given up, and nothing of it happened. */
  async close(): Promise<void> {
    const closing = this.#thread.ask({ type: 'close' }, CLOSE_MS_MAX * 2).catch(() => undefined);
    await within(this.#clock, CLOSE_MS_MAX, closing);
    await this.#thread.close();
  }

  async #ask(task: ReportTask, answerMsMax: number): Promise<unknown> {
    try {
      return await this.#thread.ask(task, answerMsMax);
    } catch (error) {
      const isOurs = /syntax|column|relation|TypeError|ReferenceError/i.test(String(error));
      if (isOurs) throw error;
      throw new CodedError(
        refusal('OVERLOADED', 'The report could not be made now. Try again later.'),
        error,
      );
    }
  }

  #heard(word: ReportWord, log: Logger): void {
    if (word.kind === 'asOf') this.#asOf = word.asOf;
    else log[word.level](word.facts, word.text);
  }
}
