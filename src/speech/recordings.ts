import { mkdir, readdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Logger } from '../lib/log.ts';
import type { Language } from '../model/contact.ts';
import type { Utterance } from '../model/utterance.ts';
import type { HasRecording } from '../runtime/ports/index.ts';
import { holdMusic } from './audio/music.ts';
import { encodeWav, inspectWav } from './audio/wav.ts';
import type { Uploads } from './uploads.ts';
import { PROMPT_RATE } from './voices/voice.ts';

const DEFAULT_MUSIC = 'default';
const FILES_MAX = 10_000;

/**
 * Music and recordings by name: `music/default.wav` is `default` and `music/default`; what was uploaded under the
 * name goes before what lies in the folders. What is not sound that the media servers play is reported and does not
 * exist.
 */
export class Recordings {
  readonly #folder: string;
  readonly #uploads: Uploads;
  readonly #log: Logger;
  #files: ReadonlyMap<string, string> = new Map();
  #looking: Promise<void> | undefined;

  private constructor(folder: string, uploads: Uploads, log: Logger) {
    this.#folder = folder;
    this.#uploads = uploads;
    this.#log = log;
  }

  static async open(folder: string, uploads: Uploads, log: Logger): Promise<Recordings> {
    const recordings = new Recordings(folder, uploads, log);
    await mkdir(join(folder, 'music'), { recursive: true });
    await mkdir(join(folder, 'recordings'), { recursive: true });
    await recordings.look();
    if (!recordings.#files.has(DEFAULT_MUSIC)) await recordings.#compose();
    return recordings;
  }

  /** An unknown name makes us look into the folder again, for the next time. */
  find(name: string, language?: Language): string | undefined {
    const plain = name.replace(/\.wav$/i, '');
    const path = this.#uploads.find(plain, language) ?? this.#files.get(plain);
    if (path === undefined) void this.look();
    return path;
  }

  /** What there is now, the folders read anew; without a language: what callers of every language hear. */
  async known(): Promise<HasRecording> {
    await this.look();
    return (name, language) => this.find(name, language) !== undefined;
  }

  /** What was uploaded to be heard instead of a flow's prompt: this flow's, or any flow's of that name. */
  instead({ name, flowId, language }: Utterance): string | undefined {
    if (name === undefined) return undefined;
    return (
      (flowId && this.#uploads.find(`${flowId}.${name}`, language)) ||
      this.#uploads.find(name, language)
    );
  }

  /** Reads the folders anew. Never rejects. */
  look(): Promise<void> {
    this.#looking ??= this.#read()
      .catch((error: unknown) => {
        this.#log.error({ error: String(error) }, 'The recordings cannot be read');
      })
      .finally(() => {
        this.#looking = undefined;
      });
    return this.#looking;
  }

  async #read(): Promise<void> {
    const files = new Map<string, string>();
    for (const kind of ['music', 'recordings']) {
      const names = await readdir(join(this.#folder, kind));
      for (const file of names.filter(isWav).slice(0, FILES_MAX)) {
        const path = join(this.#folder, kind, file);
        const name = file.slice(0, -4);
        if (!(await this.#isSound(path))) continue;
        files.set(`${kind}/${name}`, path);
        files.set(name, path);
      }
    }
    this.#files = files;
  }

  async #isSound(path: string): Promise<boolean> {
    const sound = await inspectWav(path).catch((error: unknown) => ({
      ok: false as const,
      error: String(error),
    }));
    if (!sound.ok) this.#log.warn({ path, why: sound.error }, 'A recording cannot be played');
    return sound.ok;
  }

  async #compose(): Promise<void> {
    const path = join(this.#folder, 'music', `${DEFAULT_MUSIC}.wav`);
    await writeFile(`${path}.part`, encodeWav(holdMusic(PROMPT_RATE), PROMPT_RATE));
    await rename(`${path}.part`, path);
    await this.look();
  }
}

const isWav = (file: string): boolean => /^[^.].*\.wav$/i.test(file);
