import { createHash } from 'node:crypto';
import { mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../lib/clock.ts';
import { type Refusal, refusal } from '../lib/errors.ts';
import { newUuid } from '../lib/ids.ts';
import type { Logger } from '../lib/log.ts';
import { err, ok, type Result } from '../lib/result.ts';
import { besides } from '../lib/thread-part.ts';
import { startWorker } from '../lib/worker.ts';
import type { Language } from '../model/contact.ts';
import type { Decide } from '../runtime/ports/lists.ts';
import type { PromptLibrary, RecordedPrompt } from '../runtime/ports/prompts.ts';
import type { ConvertAnswer, ConvertRequest } from './uploads-convert.ts';
import { PROMPT_RATE } from './voices/voice.ts';

const INDEX = 'index.json';
const PROMPTS_MAX = 5_000;
/** Each holds its whole file in memory, as samples, for a second or so. */
const CONVERTING_MAX = 2;
const CONVERT_MS_MAX = 60_000;

interface Stored extends RecordedPrompt {
  /** The sound's file name: the hash of its content. */
  readonly file: string;
}

/**
 * Recordings that people uploaded, by name and perhaps language. The sound lies in files that are never changed,
 * and one index says which name means which: it is read at the start and replaced as a whole, so that an upload is
 * effective at once and a crash leaves the old index or the new one. A sound that is played while it is replaced is
 * heard to its end: its file goes at the next start.
 */
export class Uploads implements PromptLibrary {
  readonly #folder: string;
  readonly #clock: Clock;
  readonly #items: Map<string, Stored>;
  #converting = 0;
  #writing: Promise<void> = Promise.resolve();

  private constructor(folder: string, clock: Clock, items: readonly Stored[]) {
    this.#folder = folder;
    this.#clock = clock;
    this.#items = new Map(items.map((item) => [keyOf(item.name, item.language), item]));
  }

  static async open(folder: string, clock: Clock, log: Logger): Promise<Uploads> {
    await mkdir(folder, { recursive: true });
    const items = await readIndex(join(folder, INDEX));
    const uploads = new Uploads(folder, clock, items);
    const named = new Set([INDEX, ...items.map(({ file }) => file)]);
    const left = (await readdir(folder)).filter((file) => !named.has(file));
    await Promise.all(left.map((file) => rm(join(folder, file), { force: true })));
    log.debug({ recordings: items.length }, 'Uploaded recordings');
    return uploads;
  }

  /** The sound under a name: the language's own, or the one for all languages. */
  find(name: string, language: Language | undefined): string | undefined {
    const item =
      (language && this.#items.get(keyOf(name, language))) ??
      this.#items.get(keyOf(name, undefined));
    return item && join(this.#folder, item.file);
  }

  list(): readonly RecordedPrompt[] {
    return [...this.#items.values()]
      .toSorted((a, b) => (keyOf(a.name, a.language) < keyOf(b.name, b.language) ? -1 : 1))
      .map(shown);
  }

  async sound(name: string, language?: Language): Promise<Buffer | undefined> {
    const item = this.#items.get(keyOf(name, language));
    return item && readFile(join(this.#folder, item.file));
  }

  async put(
    name: string,
    language: Language | undefined,
    upload: Buffer,
    demand: Decide<RecordedPrompt | undefined, void> = () => undefined,
  ): Promise<Result<RecordedPrompt, Refusal>> {
    if (this.#converting >= CONVERTING_MAX) {
      return err(refusal('OVERLOADED', 'Other recordings are being converted.'));
    }
    if (this.#items.size >= PROMPTS_MAX && !this.#items.has(keyOf(name, language))) {
      return err(refusal('OVERLOADED', `There are ${PROMPTS_MAX} recordings already.`));
    }
    this.#converting += 1;
    const converted = await convert(upload).finally(() => {
      this.#converting -= 1;
    });
    if (!converted.ok)
      return err(refusal('RECORDING_INVALID', `The file cannot be used: ${converted.why}.`));
    const wav = Buffer.from(converted.wav);
    const file = `${createHash('sha256').update(wav).digest('hex').slice(0, 40)}.wav`;
    await writeWhole(join(this.#folder, file), wav);
    const { durationMs, original } = converted;
    const item: Stored = {
      name,
      ...(language ? { language } : {}),
      durationMs,
      original,
      uploadedAt: this.#clock.now(),
      file,
    };
    demand(this.#shown(name, language));
    this.#items.set(keyOf(name, language), item);
    await this.#keep();
    return ok(shown(item));
  }

  async remove(
    name: string,
    language?: Language,
    demand: Decide<RecordedPrompt | undefined, void> = () => undefined,
  ): Promise<boolean> {
    demand(this.#shown(name, language));
    const removed = this.#items.delete(keyOf(name, language));
    if (removed) await this.#keep();
    return removed;
  }

  #shown(name: string, language: Language | undefined): RecordedPrompt | undefined {
    const item = this.#items.get(keyOf(name, language));
    return item && shown(item);
  }

  /** One write after the other, each with all that was changed before it. */
  #keep(): Promise<void> {
    const write = () =>
      writeWhole(join(this.#folder, INDEX), Buffer.from(JSON.stringify([...this.#items.values()])));
    this.#writing = this.#writing.then(write, write);
    return this.#writing;
  }
}

const keyOf = (name: string, language: Language | undefined): string => `${name} ${language ?? ''}`;

const shown = ({ file: _, ...item }: Stored): RecordedPrompt => item;

async function readIndex(path: string): Promise<readonly Stored[]> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '[]';
    throw error;
  });
  try {
    return JSON.parse(text) as Stored[];
  } catch {
    throw new Error(
      `${path} is not readable: put back a copy, or remove it to begin without uploaded recordings`,
    );
  }
}

function convert(upload: Buffer): Promise<ConvertAnswer> {
  const request: ConvertRequest = { file: upload, rate: PROMPT_RATE };
  const worker = startWorker(besides('uploads-convert', import.meta.url), request);
  return new Promise((resolve) => {
    const give = (answer: ConvertAnswer): void => {
      clearTimeout(timer);
      resolve(answer);
      void worker.terminate();
    };
    const timer = setTimeout(() => give({ ok: false, why: 'it takes too long' }), CONVERT_MS_MAX);
    worker.once('message', give);
    worker.once('error', (error) => give({ ok: false, why: String(error) }));
    worker.once('exit', () => give({ ok: false, why: 'its conversion ended early' }));
  });
}

async function writeWhole(path: string, content: Buffer): Promise<void> {
  const unfinished = `${path}.${newUuid()}.part`;
  const file = await open(unfinished, 'w', 0o644);
  try {
    await file.writeFile(content);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(unfinished, path).catch(async (error: unknown) => {
    await rm(unfinished, { force: true });
    throw error;
  });
}
