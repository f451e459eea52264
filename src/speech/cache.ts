import { createHash } from 'node:crypto';
import { type Stats, statSync } from 'node:fs';
import { mkdir, open, readdir, rename, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import type { Language } from '../model/contact.ts';
import { encodeWav } from './audio/wav.ts';
import { TooLate } from './voices/asked.ts';
import { PROMPT_RATE, type Sentence, type Voice } from './voices/voice.ts';

/** A file that holds no more has no sound. */
const WAV_HEADER_BYTES = 44;
const TEXT_CHARACTERS_MAX = 4_000;
const UNFINISHED = '.part';
/** A file that was there is believed to be there; whoever asks later than this has it looked at again, for the next. */
const SEEN_MS_MAX = 5_000;
/** Whoever clears away looks at ages of a day and more: a file that is younger than this is young enough. */
const TOUCHED_MS = 3_600_000;
/** Sentences that one caller's own words are in: a folder apart, since they are cleared away after a day. */
export const OWN_FOLDER = 'own';

export interface Rendering extends Sentence {
  /** There is something in it that was filled in for one caller. */
  readonly own?: boolean;
}

/**
 * Sentences as sound files, kept under the hash of all that makes their sound: a file is never changed, only made
 * or missing. Whoever asks for a sentence that is being made gets the same file.
 */
export class PromptCache {
  readonly #folder: string;
  readonly #voice: Voice;
  /** Files that this process has seen, and when last, by its own clock. */
  readonly #good = new Map<string, number>();
  readonly #making = new Map<string, Promise<string>>();
  #touched = Promise.resolve();
  #fileCount = 0;

  private constructor(folder: string, voice: Voice) {
    this.#folder = folder;
    this.#voice = voice;
  }

  static async open(folder: string, voice: Voice): Promise<PromptCache> {
    await mkdir(join(folder, OWN_FOLDER), { recursive: true });
    for (const place of [folder, join(folder, OWN_FOLDER)]) {
      const left = (await readdir(place)).filter((name) => name.endsWith(UNFINISHED));
      await Promise.all(left.map((name) => rm(join(place, name), { force: true })));
    }
    return new PromptCache(folder, voice);
  }

  /** The file, made if it is missing. */
  async file(rendering: Rendering, urgent: boolean): Promise<string> {
    if (rendering.text.length > TEXT_CHARACTERS_MAX) throw new Error('The text is too long');
    const path = this.pathOf(rendering);
    const making = this.#making.get(path);
    if (making !== undefined) {
      if (!urgent) return making.catch((error) => this.#evenIfLate(rendering, error));
      this.#voice.hurry(rendering);
      return making;
    }
    const made = this.#findOrMake(path, rendering, urgent).finally(() => this.#making.delete(path));
    this.#making.set(path, made);
    return made;
  }

  /** Others have waited for it, in vain; whoever has time has it made for themselves. */
  #evenIfLate(rendering: Rendering, error: unknown): Promise<string> {
    if (error instanceof TooLate) return this.file(rendering, false);
    throw error;
  }

  /** The file if it is there: one caller's own sentence may be one that was rendered for all. */
  find(rendering: Rendering): string | undefined {
    const shared = this.#findAt(this.pathOf({ ...rendering, own: false }));
    return shared ?? (rendering.own ? this.#findAt(this.pathOf(rendering)) : undefined);
  }

  /** Whether what is asked for now has to wait for another sentence of the voice. */
  isBusy(language: Language): boolean {
    return this.#voice.isBusy(language);
  }

  /** The file that is being made at this moment. Rejects as the voice does. */
  underWay(rendering: Rendering): Promise<string> | undefined {
    return this.#making.get(this.pathOf(rendering));
  }

  /**
   * An operator may have emptied the folder, or a full disk have left a copy of it without content; what this class
   * wrote is whole. The first look is taken here and now, because a caller waits for it: the inode is in memory as a
   * rule (5 µs), while a look by the thread pool stands behind whatever is written to the disk (8 ms and more).
   */
  #findAt(path: string): string | undefined {
    const seenAt = this.#good.get(path);
    if (seenAt === undefined) {
      const facts = lookAt(path);
      if (!isSound(facts)) return undefined;
      if (Date.now() - facts.mtimeMs > TOUCHED_MS) this.#touch(path);
      this.#good.set(path, performance.now());
    } else if (performance.now() - seenAt > SEEN_MS_MAX) this.#lookAgain(path);
    return path;
  }

  #lookAgain(path: string): void {
    this.#good.set(path, performance.now());
    void stat(path)
      .catch(() => undefined)
      .then((facts) => {
        if (!isSound(facts)) this.forget(path);
      });
  }

  /** For whoever clears away what nobody has wanted for long: one by one, since callers wait for the disk as well. */
  #touch(path: string): void {
    this.#touched = this.#touched.then(() => utimes(path, new Date(), new Date()).catch(() => {}));
  }

  /** The file is about to go. */
  forget(path: string): void {
    this.#good.delete(path);
  }

  pathOf({ text, language, ending, own }: Rendering): string {
    const recipe = [
      this.#voice.fingerprint(language),
      text.normalize('NFC'),
      ...(ending ? [ending] : []),
    ];
    const hash = createHash('sha256').update(JSON.stringify(recipe)).digest('hex').slice(0, 40);
    return join(this.#folder, own ? OWN_FOLDER : '', `${hash}.wav`);
  }

  async #findOrMake(path: string, rendering: Rendering, urgent: boolean): Promise<string> {
    const there = this.find(rendering);
    if (there !== undefined) return there;
    const samples = await this.#voice.speak(rendering, urgent);
    await this.#write(path, encodeWav(samples, PROMPT_RATE));
    this.#good.set(path, performance.now());
    return path;
  }

  /** Under its name there is the whole file or none. */
  async #write(path: string, content: Buffer): Promise<void> {
    this.#fileCount += 1;
    const unfinished = `${path}.${process.pid}-${this.#fileCount}${UNFINISHED}`;
    try {
      const file = await open(unfinished, 'w', 0o644);
      try {
        await file.writeFile(content);
        await file.sync();
      } finally {
        await file.close();
      }
      await rename(unfinished, path);
    } catch (error) {
      await rm(unfinished, { force: true });
      throw error;
    }
  }
}

function lookAt(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}

const isSound = (facts: Stats | undefined): facts is Stats =>
  facts !== undefined && facts.size > WAV_HEADER_BYTES;
