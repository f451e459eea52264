import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { getPriority, setPriority } from 'node:os';
import { fileURLToPath } from 'node:url';
import { round } from '../support/percentiles.ts';
import type { Heard, Order } from './feed-clients.ts';

/** One client in so many looks at what it hears; the others only take it. */
const LOOKS_EVERY = 10;
/** Opened in so many turns of both kinds, so that those who look are neither the first nor the last to be written to. */
const TURNS = 10;
/** Those who only take what they are sent are a load, and would be other machines: they take no processor from who looks. */
const GIVING_WAY = 10;
const PRIORITY_LOWEST = 19;
const SCRIPT = fileURLToPath(new URL('feed-clients.ts', import.meta.url));

/** What was heard, by those who look; bytes by all of them. */
export interface CrowdHeard extends Heard {
  readonly looking: number;
  /** What one of those who only take it took, as a share of what one who looks took: 1, or they were left out. */
  readonly takenByOthers: number;
}

/** So many clients of a feed, in two processes. */
export class Crowd {
  readonly #looking: ChildProcess;
  readonly #deaf: ChildProcess;
  readonly #lookingCount: number;
  readonly #deafCount: number;

  static async open(url: string, key: string, clients: number): Promise<Crowd> {
    const crowd = new Crowd(url, key, clients);
    for (let turn = 0; turn < TURNS; turn += 1) {
      const part = (count: number) =>
        Math.floor((count * (turn + 1)) / TURNS) - Math.floor((count * turn) / TURNS);
      await ask(crowd.#deaf, { open: part(crowd.#deafCount) });
      await ask(crowd.#looking, { open: part(crowd.#lookingCount) });
    }
    return crowd;
  }

  private constructor(url: string, key: string, clients: number) {
    const start = (kind: string) =>
      fork(SCRIPT, [url, key, kind], { execArgv: ['--import', 'tsx'] });
    this.#looking = start('looking');
    this.#deaf = start('deaf');
    this.#lookingCount = Math.ceil(clients / LOOKS_EVERY);
    this.#deafCount = clients - this.#lookingCount;
    if (this.#deaf.pid !== undefined)
      setPriority(this.#deaf.pid, Math.min(PRIORITY_LOWEST, getPriority() + GIVING_WAY));
  }

  begin(): void {
    for (const child of [this.#looking, this.#deaf]) child.send({ measuring: true });
  }

  async end(): Promise<CrowdHeard> {
    const [heard, taken] = await Promise.all([
      ask<Heard>(this.#looking, { measuring: false }),
      ask<Heard>(this.#deaf, { measuring: false }),
    ]);
    const looking = this.#lookingCount;
    const takenByOthers = round(taken.bytes / this.#deafCount / (heard.bytes / looking));
    return { ...heard, bytes: heard.bytes + taken.bytes, looking, takenByOthers };
  }

  close(): void {
    for (const child of [this.#looking, this.#deaf]) child.kill();
  }
}

async function ask<Answer>(child: ChildProcess, order: Order): Promise<Answer> {
  child.send(order);
  const [answer] = (await once(child, 'message')) as [Answer];
  return answer;
}
