import type { Activity, Interruption } from './activity.ts';

export interface Execution {
  readonly application: string;
  readonly data: string;
  readonly uuid: string;
  readonly uuidName: string | undefined;
}

/** An execution that was asked for by `sendmsg` or `uuid_broadcast`. */
export interface QueuedExecution extends Execution {
  /** While it runs, nothing else is begun. */
  readonly lock: boolean;
  readonly loops: number;
}

export interface ExecutorHost {
  /** Begins an application. `undefined`: it is unknown. `'done'`: it has already ended. */
  begin(execution: Execution): Activity | 'done' | undefined;
  executing(execution: Execution): void;
  executed(execution: Execution, response: string | undefined): void;
  unknown(execution: Execution): void;
  nowMs(): number;
}

interface Level {
  readonly activity: Activity;
  /** Asked for from outside, so that `uuid_break` ends it together with those below it. */
  readonly broadcast: boolean;
}

/** FreeSWITCH stops nesting at this depth (SWITCH_MAX_STACKS); what comes then waits. */
const DEPTH_MAX = 16;
const QUEUE_MAX = 1000;
const LOOPS_MAX = 1_000_000;
/** A round that was shorter ends its loop: a missing file would spin for ever (switch_ivr.c). */
const ROUND_MS_MIN = 500;

/**
 * Runs a channel's applications.
 *
 *   waiting in the queue ──(no lock, not too deep)──> on the stack ──(finish)──> executed
 *
 * A new command begins at once, above what runs; with `event-lock` it keeps others waiting.
 */
export class Executor {
  readonly #host: ExecutorHost;
  #stack: Level[] = [];
  #queue: QueuedExecution[] = [];
  #locks = 0;
  #closed = false;
  /** Counted, so that a loop notices that it was broken. */
  #interruptions = 0;

  constructor(host: ExecutorHost) {
    this.#host = host;
  }

  get top(): Activity | undefined {
    return this.#stack[this.#stack.length - 1]?.activity;
  }

  get depth(): number {
    return this.#stack.length;
  }

  /** Is something asked for from outside running? */
  get broadcasting(): boolean {
    return this.#stack.some((level) => level.broadcast);
  }

  /** Queues a command; false when too many wait. */
  submit(execution: QueuedExecution): boolean {
    if (this.#closed || this.#queue.length >= QUEUE_MAX) return false;
    this.#queue.push(execution);
    this.#pump();
    return true;
  }

  /** Puts an activity under everything: park, a bridge, a conference. */
  enter(activity: Activity, onEnd: () => void): void {
    const level: Level = { activity, broadcast: false };
    this.#stack.push(level);
    activity.start(() => {
      this.#remove(level);
      onEnd();
      this.#pump();
    });
    this.#pump();
  }

  /** Runs one application with its two events; `done` follows its end. */
  execute(execution: Execution, broadcast: boolean, done: () => void): void {
    this.#host.executing(execution);
    const begun = this.#host.begin(execution);
    if (begun === undefined) {
      this.#host.unknown(execution);
      return;
    }
    if (begun === 'done') {
      this.#host.executed(execution, undefined);
      done();
      return;
    }
    const level: Level = { activity: begun, broadcast };
    this.#stack.push(level);
    begun.start((response) => {
      if (!this.#remove(level)) return;
      this.#host.executed(execution, response);
      done();
      this.#pump();
    });
  }

  /** `uuid_break`: ends what was asked for from outside, or else the application that runs. */
  breakTop(all: boolean): void {
    if (all) this.#queue = [];
    this.#interruptions++;
    const broadcasts = this.#stack.filter((level) => level.broadcast);
    if (broadcasts.length === 0) this.top?.interrupt('break');
    for (const level of broadcasts.reverse()) level.activity.interrupt('break');
  }

  /** Ends everything, from the top down. */
  unwind(why: Interruption): void {
    if (why === 'hangup') this.#closed = true;
    this.#interruptions++;
    this.#queue = [];
    for (let guard = 2 * DEPTH_MAX; this.#stack.length > 0 && guard > 0; guard--) {
      const level = this.#stack[this.#stack.length - 1] as Level;
      level.activity.interrupt(why);
      this.#remove(level);
    }
    this.#locks = 0;
  }

  #remove(level: Level): boolean {
    const index = this.#stack.indexOf(level);
    if (index < 0) return false;
    this.#stack.splice(index, 1);
    return true;
  }

  #pump(): void {
    while (!this.#closed && this.#locks === 0 && this.#stack.length < DEPTH_MAX) {
      const next = this.#queue.shift();
      if (!next) return;
      this.#loop(next, next.loops < 0 ? LOOPS_MAX : Math.min(next.loops, LOOPS_MAX));
    }
  }

  /** Repetitions are parted by a turn of the event loop: what ends at once must not keep the thread. */
  #loop(execution: QueuedExecution, left: number): void {
    const interruptions = this.#interruptions;
    const startedAtMs = this.#host.nowMs();
    if (execution.lock) this.#locks++;
    this.execute(execution, true, () => {
      if (execution.lock && this.#locks > 0) this.#locks--;
      const brief = this.#host.nowMs() - startedAtMs < ROUND_MS_MIN;
      const broken = this.#closed || interruptions !== this.#interruptions;
      if (left <= 1 || broken || brief) return this.#pump();
      setImmediate(() => {
        if (interruptions === this.#interruptions) this.#loop(execution, left - 1);
      });
    });
  }
}
