import type { Clock, Timer } from '../../lib/clock.ts';
import type { TodayOfQueue } from '../ports/feed.ts';
import type { Control, LiveChange } from '../ports/index.ts';
import type { ReplicaNews, WholeFloor } from './news.ts';

export interface Floor extends Pick<Control, 'snapshot' | 'subscribe'> {
  /** Of every queue that has had callers; costs no look at agents. */
  figuresOfToday(): readonly TodayOfQueue[];
}

/** The day's figures follow the changes by this much at most. */
const TODAY_MS = 250;
const WHOLE_MS_MIN = 2_000;
/** To show the whole floor takes no more than this share of the thread, however large it is. */
const WHOLE_SHARE_MAX = 1 / 200;

/**
 * Tells a replica what changes: what one command has changed in one message, at the end of the turn that changed it. So
 * it is under way before anybody outside can have heard of it, and who reads the replica after that reads it there.
 */
export class ReplicaTeller {
  readonly #floor: Floor;
  readonly #clock: Clock;
  readonly #post: (news: ReplicaNews) => void;
  readonly #unsubscribe: () => void;
  #gathered: LiveChange[] = [];
  #todayTimer: Timer | undefined;
  #wholeTimer: Timer | undefined;

  constructor(floor: Floor, clock: Clock, post: (news: ReplicaNews) => void) {
    this.#floor = floor;
    this.#clock = clock;
    this.#post = post;
    this.#unsubscribe = floor.subscribe((change) => this.#gather(change));
    this.#wholeLater(WHOLE_MS_MIN);
  }

  /** As everything is now, for a replica that knows nothing yet. */
  static whole(floor: Floor): WholeFloor {
    return { snapshot: floor.snapshot(), today: floor.figuresOfToday() };
  }

  forget(what: 'configuration' | 'access'): void {
    this.#post({ kind: 'forget', what });
  }

  close(): void {
    this.#unsubscribe();
    this.#todayTimer?.cancel();
    this.#wholeTimer?.cancel();
  }

  #gather(change: LiveChange): void {
    this.#gathered.push(change);
    if (this.#gathered.length === 1) queueMicrotask(() => this.#flush());
    if (change.topic === 'queues') this.#todayTimer ??= this.#clock.after(TODAY_MS, this.#today);
  }

  #flush(): void {
    if (this.#gathered.length === 0) return;
    this.#post({ kind: 'changes', changes: this.#gathered });
    this.#gathered = [];
  }

  readonly #today = (): void => {
    this.#todayTimer = undefined;
    this.#post({ kind: 'today', today: this.#floor.figuresOfToday() });
  };

  #wholeLater(delayMs: number): void {
    this.#wholeTimer = this.#clock.after(delayMs, () => {
      const began = this.#clock.now();
      this.#flush();
      this.#post({ kind: 'whole', floor: ReplicaTeller.whole(this.#floor) });
      const tookMs = this.#clock.now() - began;
      this.#wholeLater(Math.max(WHOLE_MS_MIN, tookMs / WHOLE_SHARE_MAX));
    });
  }
}
