import type { Clock, Timer } from '../lib/clock.ts';

/** What is known of channels on this side. */
export interface CensusOptions {
  readonly clock: Clock;
  /** What our channels are called by: the display name of their From. */
  readonly owner: string;
  /** The media server's answer to an api command; `-ERR …` when there is none. */
  api(command: string): Promise<string>;
  /** Uuids of channels that we have. */
  ours(): ReadonlySet<string>;
  /** Uuids of channels that are just being made, or just ending. */
  inBetween(): ReadonlySet<string>;
  /** A channel of ours that the media server does not have. */
  missing(uuid: string): void;
  /** A channel that is called ours, and that nobody here knows: it has been ended. */
  zombie(uuid: string): void;
}

/** How often the two sides are compared. */
export const CENSUS_MS = 5_000;
/** Of so many rounds one looks at every channel although the numbers agree: one too many may hide one too few. */
const LIST_EVERY = 12;

/**
 * Compares the channels of a media server with those that we know. As a rule only their number is asked for, which
 * costs the server nothing; all are listed when that differs. What differs twice in a row, 5 s apart, is repaired: what is
 * being set up, or has just ended, never does.
 */
export class Census {
  readonly #options: CensusOptions;
  #timer: Timer | undefined;
  #round = 0;
  #suspects: ReadonlySet<string> = new Set();
  #stopped = false;

  constructor(options: CensusOptions) {
    this.#options = options;
  }

  start(): void {
    this.stop();
    this.#stopped = false;
    this.#suspects = new Set();
    this.#again();
  }

  stop(): void {
    this.#stopped = true;
    this.#timer?.cancel();
  }

  #again(): void {
    this.#timer = this.#options.clock.after(CENSUS_MS, () => {
      void this.#compare().finally(() => {
        if (!this.#stopped) this.#again();
      });
    });
  }

  async #compare(): Promise<void> {
    this.#round += 1;
    const { api, ours } = this.#options;
    const count = /^\s*(\d+) total/m.exec(await api('show channels count'))?.[1];
    if (count === undefined || this.#stopped) return;
    const agree = Number(count) === ours().size;
    if (agree && this.#suspects.size === 0 && this.#round % LIST_EVERY !== 0) return;
    const there = this.#read(await api('show channels as json'));
    if (there && !this.#stopped) this.#judge(there);
  }

  #read(json: string): ReadonlyMap<string, string> | undefined {
    try {
      const { rows = [] } = JSON.parse(json) as { rows?: readonly Row[] };
      return new Map(rows.map(({ uuid, cid_name }) => [uuid, cid_name]));
    } catch {
      return undefined;
    }
  }

  #judge(there: ReadonlyMap<string, string>): void {
    const { ours, inBetween, missing, zombie, api, owner } = this.#options;
    const known = ours();
    const between = inBetween();
    const unknown = [...there].filter(([uuid, name]) => name === owner && !known.has(uuid));
    const lost = [...known].filter((uuid) => !there.has(uuid));
    const suspects = [...unknown.map(([uuid]) => uuid), ...lost].filter(
      (uuid) => !between.has(uuid),
    );
    for (const uuid of suspects) {
      if (!this.#suspects.has(uuid)) continue;
      if (known.has(uuid)) missing(uuid);
      else {
        void api(`uuid_kill ${uuid}`);
        zombie(uuid);
      }
    }
    this.#suspects = new Set(suspects);
  }
}

interface Row {
  readonly uuid: string;
  readonly cid_name: string;
}
