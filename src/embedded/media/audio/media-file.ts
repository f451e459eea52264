import { join } from 'node:path';
import { err, ok, type Result } from '../../../lib/result.ts';
import type { ClipCache } from './clip-cache.ts';
import { urlIn } from './fetched-file.ts';
import { type AudioSource, ClipSource, SilenceSource } from './source.ts';
import { parseToneScript, ToneSource } from './tone.ts';

const FILES_MAX = 128;
const LOOPS_IN_PARAMETERS = /(?:^|,)loops=(-?\d+)/;

/** How a name that an application plays becomes audio. */
export class MediaFiles {
  readonly #cache: ClipCache;
  readonly #soundsDir: string;

  /** Names without a leading slash are looked for in `soundsDir`. */
  constructor(cache: ClipCache, soundsDir: string) {
    this.#cache = cache;
    this.#soundsDir = soundsDir;
  }

  /** The parts of `file_string://a!b`, or the name itself. */
  split(name: string): string[] {
    if (!name.startsWith('file_string://')) return [name];
    return name.slice('file_string://'.length).split('!').slice(0, FILES_MAX);
  }

  /** Opens one file: a WAVE file or the URL of one, `tone_stream://`, `silence_stream://` or `local_stream://`. */
  async open(name: string, sampleRate: number): Promise<Result<AudioSource, string>> {
    const { parameters, path } = splitParameters(name);
    const loops = Number(LOOPS_IN_PARAMETERS.exec(parameters)?.[1] ?? 1);
    if (path.startsWith('tone_stream://')) return openTone(path.slice(14), sampleRate);
    if (path.startsWith('silence_stream://')) return openSilence(path.slice(17), sampleRate);
    if (path.startsWith('local_stream://')) return this.#openMusic(path.slice(15), sampleRate);
    const [file = '', offset] = path.split('@@');
    const clip = await this.#cache.load(urlIn(file) ? file : this.#resolve(file), sampleRate);
    if (!clip.ok) return clip;
    return ok(new ClipSource(clip.value, loops, Number(offset ?? 0) || 0));
  }

  async #openMusic(name: string, sampleRate: number): Promise<Result<AudioSource, string>> {
    if (!/^[\w-]+$/.test(name)) return err('no such stream');
    const clip = await this.#cache.load(this.#resolve(`${name}.wav`), sampleRate);
    return clip.ok ? ok(new ClipSource(clip.value, -1)) : clip;
  }

  #resolve(path: string): string {
    return path.startsWith('/') ? path : join(this.#soundsDir, path);
  }
}

/** FreeSWITCH writes parameters before a name in braces: `{loops=2}/tmp/a.wav`. */
function splitParameters(name: string): { parameters: string; path: string } {
  const match = /^\{([^}]*)\}(.*)$/s.exec(name.trim());
  return match
    ? { parameters: match[1] ?? '', path: match[2] ?? '' }
    : { parameters: '', path: name.trim() };
}

function openTone(text: string, sampleRate: number): Result<AudioSource, string> {
  const script = parseToneScript(text);
  return script.ok ? ok(new ToneSource(script.value, sampleRate)) : script;
}

/** `ms[,noise divisor]`; 0 or less lasts for ever. */
function openSilence(text: string, sampleRate: number): Result<AudioSource, string> {
  const [ms = '', divisor = '0'] = text.split(',');
  const length = Number.parseInt(ms, 10);
  if (Number.isNaN(length)) return err('no length');
  const samples = length <= 0 ? -1 : Math.ceil((length * sampleRate) / 1000);
  const level = Number.parseInt(divisor, 10);
  return ok(new SilenceSource(samples, level > 0 ? Math.floor(32767 / level / 8) : 0));
}
