// The door of the room: what the house opens and closes.

import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { type Clock, systemClock } from '../lib/clock.ts';
import type { Logger } from '../lib/log.ts';
import { loadCatalogues } from './catalogue.ts';
import { CataloguePhrases } from './phrases.ts';
import { Recordings } from './recordings.ts';
import { CachedRenderer, type RenderReport } from './renderer.ts';
import { EspeakVoice } from './voices/espeak-voice.ts';
import type { Sentence, Voice } from './voices/voice.ts';

export type { RenderReport } from './renderer.ts';
export type { Sentence, Voice } from './voices/voice.ts';

const CATALOGUES = new URL('../../config/prompts/', import.meta.url);

export interface SpeechOptions {
  /** Sound files live under it, in `prompts/`. */
  readonly dataDir: string;
  readonly log: Logger;
  readonly clock?: Clock;
  /** Another voice than the one that comes with the house. */
  readonly voice?: Voice;
}

export interface Speech {
  readonly prompts: CachedRenderer;
  readonly phrases: CataloguePhrases;
  /** Renders what is not on disk yet, such as a flow's sentences before it goes live. Never rejects. */
  prerender(sentences: readonly Sentence[]): Promise<RenderReport>;
  /** The same for all that the system itself has to say. */
  prerenderOwn(): Promise<RenderReport>;
  /** Idempotent. */
  close(): Promise<void>;
}

/** Opens the room: catalogues, recordings, music, the voice. */
export async function openSpeech(options: SpeechOptions): Promise<Speech> {
  const { log } = options;
  const folder = join(resolve(options.dataDir), 'prompts');
  await mkdir(folder, { recursive: true });
  const [catalogues, recordings] = await Promise.all([
    loadCatalogues(CATALOGUES),
    Recordings.open(folder, log),
  ]);
  const voice = options.voice ?? new EspeakVoice(options.clock ?? systemClock, log);
  const prompts = await CachedRenderer.open(folder, voice, recordings);
  const phrases = new CataloguePhrases(catalogues);
  let closed = false;
  const prerender = async (sentences: readonly Sentence[]): Promise<RenderReport> => {
    const report = await prompts.prerender(sentences);
    if (report.failed > 0 && !closed) log.error(report, 'Sentences could not be rendered');
    else log.debug(report, 'Sentences were rendered');
    return report;
  };
  const prerenderOwn = () => prerender(phrases.prepared());
  const close = (): Promise<void> => {
    closed = true;
    prompts.stop();
    return voice.close();
  };
  return { prompts, phrases, prerender, prerenderOwn, close };
}
