import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import type { Clock, Timer } from '../lib/clock.ts';
import type { Logger } from '../lib/log.ts';
import { OWN_FOLDER, type PromptCache } from './cache.ts';
import type { Sentence } from './voices/voice.ts';

const HOUR_MS = 3_600_000;
/** A flow that is rolled back, or a draft that goes live, finds its sentences for this long. */
const UNWANTED_MS_MAX = 30 * 24 * HOUR_MS;
/** What was said to one caller has personal data in it, and is of no use to anybody else. */
const OWN_MS_MAX = 24 * HOUR_MS;
/** Beyond, the oldest go first, wanted ones never. 1 GB is nine hours of speech. */
const BYTES_MAX = 1_000_000_000;
const OWN_BYTES_MAX = 500_000_000;
/** It may be being played, or have been promised to a media server that fetches it. */
const YOUNG_MS = 10 * 60_000;
const SENTENCES_AT_ONCE = 100;

export interface JanitorOptions {
  readonly folder: string;
  readonly cache: PromptCache;
  readonly clock: Clock;
  readonly log: Logger;
}

interface Found {
  readonly path: string;
  readonly ageMs: number;
  readonly bytes: number;
}

/** Clears the disk of what nobody says any more: an hour after every start, and every hour. */
export class Janitor {
  readonly #options: JanitorOptions;
  readonly #always = new Set<string>();
  #wanted: readonly Sentence[] | undefined;
  #timer: Timer | undefined;

  constructor(options: JanitorOptions) {
    this.#options = options;
    this.#later();
  }

  /** What the system itself says is never cleared away. */
  keepAlways(sentences: readonly Sentence[]): void {
    for (const sentence of sentences) this.#always.add(this.#options.cache.pathOf(sentence));
  }

  /** All that the flows say now. Nothing is cleared away before this is known. */
  keep(sentences: readonly Sentence[]): void {
    this.#wanted = sentences;
  }

  close(): void {
    this.#timer?.cancel();
  }

  /** How many files were removed. */
  async clean(): Promise<number> {
    const { folder } = this.#options;
    const own = await this.#clear(join(folder, OWN_FOLDER), OWN_MS_MAX, OWN_BYTES_MAX);
    if (!this.#wanted) return own;
    const wanted = await this.#filesOf(this.#wanted);
    return own + (await this.#clear(folder, UNWANTED_MS_MAX, BYTES_MAX, wanted));
  }

  /** Names cost a hash each, and there are thousands: found out here, once an hour, and calls come in between. */
  async #filesOf(sentences: readonly Sentence[]): Promise<ReadonlySet<string>> {
    const files = new Set<string>();
    for (const [at, sentence] of sentences.entries()) {
      files.add(this.#options.cache.pathOf(sentence));
      if (at % SENTENCES_AT_ONCE === 0) await setImmediate();
    }
    return files;
  }

  async #clear(
    folder: string,
    ageMsMax: number,
    bytesMax: number,
    wanted?: ReadonlySet<string>,
  ): Promise<number> {
    const files = (await this.#filesIn(folder)).toSorted((a, b) => b.ageMs - a.ageMs);
    let bytes = files.reduce((sum, file) => sum + file.bytes, 0);
    let removed = 0;
    for (const file of files) {
      const isWanted = this.#always.has(file.path) || wanted?.has(file.path);
      if (isWanted || file.ageMs < YOUNG_MS) continue;
      if (file.ageMs <= ageMsMax && bytes <= bytesMax) continue;
      this.#options.cache.forget(file.path);
      await rm(file.path, { force: true });
      bytes -= file.bytes;
      removed += 1;
    }
    return removed;
  }

  /** Only what is named after its content: whatever else lies there is not ours. */
  async #filesIn(folder: string): Promise<readonly Found[]> {
    const names = (await readdir(folder)).filter((name) => /^[0-9a-f]{40}\.wav$/.test(name));
    const found: Found[] = [];
    for (const name of names) {
      const path = join(folder, name);
      const facts = await stat(path).catch(() => undefined);
      if (!facts) continue;
      found.push({ path, ageMs: this.#options.clock.now() - facts.mtimeMs, bytes: facts.size });
    }
    return found;
  }

  #later(): void {
    this.#timer = this.#options.clock.after(HOUR_MS, () => {
      void this.clean()
        .then((removed) => {
          if (removed > 0) this.#options.log.info({ removed }, 'Prompts were cleared away');
        })
        .catch((error: unknown) => {
          this.#options.log.error({ error: String(error) }, 'Prompts cannot be cleared away');
        })
        .finally(() => this.#later());
    });
  }
}
