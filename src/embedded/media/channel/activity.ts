/** Why an activity has to end before its time. */
export type Interruption = 'break' | 'transfer' | 'hangup';

/**
 * What an application does on a channel while it runs. The executor keeps a stack of them: the topmost
 * gets the ticks and the digits, those below stand still and go on when it has ended. That is how
 * FreeSWITCH nests the commands that arrive while another one runs.
 */
export interface Activity {
  /** Called once, when it is on the stack. `finish` is called at its end, also after `interrupt`. */
  start(finish: (response?: string) => void): void;
  /** The 20 ms of this tick. */
  tick?(): void;
  /** A key was pressed. */
  digit?(digit: string): void;
  /** The file that it plays stands still, or goes on again. False: it plays none. */
  pause?(): boolean;
  /** It ends now, before this returns, and calls `finish`. */
  interrupt(why: Interruption): void;
}

/** An activity that only waits, with something to do at its beginning and at its end. */
export class WaitingActivity implements Activity {
  #finish: ((response?: string) => void) | undefined;
  readonly #begin: () => void;
  readonly #end: (why: Interruption) => void;

  constructor(begin: () => void, end: (why: Interruption) => void) {
    this.#begin = begin;
    this.#end = end;
  }

  start(finish: (response?: string) => void): void {
    this.#finish = finish;
    this.#begin();
  }

  interrupt(why: Interruption): void {
    if (why === 'break') return;
    this.#end(why);
    this.#finish?.();
  }
}
