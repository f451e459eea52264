import { readFile, stat } from 'node:fs/promises';
import { err, ok, type Result } from '../../../lib/result.ts';
import { resampleClip } from './resampler.ts';
import { readWav } from './wav-reader.ts';

/** A longer file is not a prompt: four hours of 8 kHz mono. */
const FILE_OCTETS_MAX = 256 * 1024 * 1024;
/** What the cache keeps, in samples: 64 million are 128 MB. */
const CACHE_SAMPLES_MAX = 64 * 1024 * 1024;

interface Entry {
  readonly samples: Int16Array;
  readonly modifiedMs: number;
  readonly size: number;
}

/**
 * Clips in memory at the rate they are played, shared by all who hear them. A file that has changed on
 * disk is read again; what was not used for longest goes first.
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
      const { mtimeMs, size } = await stat(path);
      const known = this.#entries.get(key);
      if (known && known.modifiedMs === mtimeMs && known.size === size) {
        this.#touch(key, known);
        return ok(known.samples);
      }
      if (size > FILE_OCTETS_MAX) return err('the file is too long');
      const clip = readWav(await readFile(path));
      if (!clip.ok) return clip;
      const samples = await resampleClip(clip.value.samples, clip.value.sampleRate, sampleRate);
      this.#keep(key, { samples, modifiedMs: mtimeMs, size });
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
