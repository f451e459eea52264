import { readFile, stat } from 'node:fs/promises';
import { systemClock } from '../../../lib/clock.ts';
import { err, ok, type Result } from '../../../lib/result.ts';
import { fetchFile, urlIn } from './fetched-file.ts';
import { resampleClip } from './resampler.ts';
import { readWav } from './wav-reader.ts';

/** A longer file is not a prompt: four hours of 8 kHz mono. */
const FILE_OCTETS_MAX = 256 * 1024 * 1024;
/** What the cache keeps, in samples: 64 million are 128 MB. */
const CACHE_SAMPLES_MAX = 64 * 1024 * 1024;

interface Entry {
  readonly samples: Int16Array;
  /** Of a file: when it was changed, and how large it was. Of a URL: until when it need not be asked for again. */
  readonly state: string;
  readonly freshUntil: number;
}

/**
 * Clips in memory at the rate they are played, shared by all who hear them. A file that has changed on
 * disk is read again, and a URL asked for again when its time is over; what was not used for longest goes first.
 */
export class ClipCache {
  readonly #entries = new Map<string, Entry>();
  readonly #loading = new Map<string, Promise<Result<Int16Array, string>>>();
  #samples = 0;

  load(path: string, sampleRate: number): Promise<Result<Int16Array, string>> {
    const key = `${sampleRate}:${path}`;
    const running = this.#loading.get(key);
    if (running !== undefined) return running;
    const loading = this.#load(path, sampleRate, key).finally(() => this.#loading.delete(key));
    this.#loading.set(key, loading);
    return loading;
  }

  async #load(path: string, sampleRate: number, key: string): Promise<Result<Int16Array, string>> {
    try {
      const url = urlIn(path);
      const state = url === undefined ? await stateOf(path) : url;
      const known = this.#entries.get(key);
      if (known && known.state === state && systemClock.now() < known.freshUntil) {
        this.#touch(key, known);
        return ok(known.samples);
      }
      const { content, freshMs } =
        url === undefined
          ? { content: await readFile(path), freshMs: Number.POSITIVE_INFINITY }
          : await fetchFile(url);
      const clip = readWav(content);
      if (!clip.ok) return clip;
      const samples = await resampleClip(clip.value.samples, clip.value.sampleRate, sampleRate);
      this.#keep(key, { samples, state, freshUntil: systemClock.now() + freshMs });
      return ok(samples);
    } catch (error) {
      return err(error instanceof Error ? error.message : String(error));
    }
  }

  #touch(key: string, entry: Entry): void {
    this.#entries.delete(key);
    this.#entries.set(key, entry);
  }

  #keep(key: string, entry: Entry): void {
    this.#drop(key);
    this.#entries.set(key, entry);
    this.#samples += entry.samples.length;
    for (const oldest of this.#entries.keys()) {
      if (this.#samples <= CACHE_SAMPLES_MAX || oldest === key) break;
      this.#drop(oldest);
    }
  }

  #drop(key: string): void {
    this.#samples -= this.#entries.get(key)?.samples.length ?? 0;
    this.#entries.delete(key);
  }
}

async function stateOf(path: string): Promise<string> {
  const { mtimeMs, size } = await stat(path);
  if (size > FILE_OCTETS_MAX) throw new Error('the file is too long');
  return `${mtimeMs} ${size}`;
}
