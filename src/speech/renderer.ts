import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { access, mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Language } from '../model/contact.ts';
import type { PromptRenderer } from '../runtime/ports.ts';
import { encodeWav, inspectWav } from './audio/wav.ts';
import type { Recordings } from './recordings.ts';
import { PROMPT_RATE, type Sentence, type Voice } from './voices/voice.ts';

const TEXT_CHARACTERS_MAX = 4_000;
const UNFINISHED = '.part';

/** What came of rendering a list of sentences. */
export interface RenderReport {
  readonly rendered: number;
  readonly cached: number;
  readonly failed: number;
  /** Why the last one failed. */
  readonly why?: string;
}

/**
 * Sentences as sound files, kept under the hash of all that makes their sound: a file is never changed, only made
 * or missing. Whoever asks for a sentence that is being made gets the same file.
 */
export class CachedRenderer implements PromptRenderer {
  readonly #folder: string;
  readonly #voice: Voice;
  readonly #recordings: Recordings;
  /** Files that were looked into once by this process. */
  readonly #good = new Set<string>();
  readonly #making = new Map<string, Promise<string>>();
  #fileCount = 0;
  #stopped = false;

  private constructor(folder: string, voice: Voice, recordings: Recordings) {
    this.#folder = folder;
    this.#voice = voice;
    this.#recordings = recordings;
  }

  static async open(folder: string, voice: Voice, recordings: Recordings): Promise<CachedRenderer> {
    await mkdir(folder, { recursive: true });
    const left = (await readdir(folder)).filter((name) => name.endsWith(UNFINISHED));
    await Promise.all(left.map((name) => rm(join(folder, name), { force: true })));
    return new CachedRenderer(folder, voice, recordings);
  }

  render(text: string, language: Language): Promise<string> {
    return this.#fileOf({ text, language }, true);
  }

  audio(name: string): string | undefined {
    return this.#recordings.find(name);
  }

  /** Lists in progress end after the sentence that is being said. */
  stop(): void {
    this.#stopped = true;
  }

  /** Makes what is missing, without getting in the way of a sentence that a caller waits for. */
  async prerender(sentences: readonly Sentence[]): Promise<RenderReport> {
    const report: { -readonly [Key in keyof RenderReport]: RenderReport[Key] } = {
      rendered: 0,
      cached: 0,
      failed: 0,
    };
    const inVoiceOrder = sentences.toSorted((a, b) => a.language.localeCompare(b.language));
    for (const sentence of inVoiceOrder) {
      if (this.#stopped) break;
      try {
        if (await this.#isThere(this.#pathOf(sentence))) report.cached += 1;
        else {
          await this.#fileOf(sentence, false);
          report.rendered += 1;
        }
      } catch (error) {
        report.failed += 1;
        report.why = String(error);
      }
    }
    return report;
  }

  async #fileOf(sentence: Sentence, urgent: boolean): Promise<string> {
    if (sentence.text.length > TEXT_CHARACTERS_MAX) throw new Error('The text is too long');
    const path = this.#pathOf(sentence);
    const making = this.#making.get(path);
    if (making !== undefined) return making;
    const made = this.#findOrMake(path, sentence, urgent).finally(() => this.#making.delete(path));
    this.#making.set(path, made);
    return made;
  }

  async #findOrMake(path: string, sentence: Sentence, urgent: boolean): Promise<string> {
    if (await this.#isThere(path)) return path;
    const samples = await this.#voice.speak(sentence, urgent);
    await this.#write(path, encodeWav(samples, PROMPT_RATE));
    this.#good.add(path);
    return path;
  }

  /** An operator may have emptied the folder, and a power cut may have left a file without its content. */
  async #isThere(path: string): Promise<boolean> {
    try {
      await access(path, constants.R_OK);
      if (!this.#good.has(path) && !(await inspectWav(path)).ok) return false;
      this.#good.add(path);
      return true;
    } catch {
      this.#good.delete(path);
      return false;
    }
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

  #pathOf({ text, language }: Sentence): string {
    const recipe = JSON.stringify([this.#voice.fingerprint(language), text.normalize('NFC')]);
    const hash = createHash('sha256').update(recipe).digest('hex').slice(0, 40);
    return join(this.#folder, `${hash}.wav`);
  }
}
