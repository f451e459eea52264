// The door of the room: what the house opens and closes.

import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { type Clock, systemClock } from '../lib/clock.ts';
import type { Logger } from '../lib/log.ts';
import type { Language } from '../model/contact.ts';
import type { HasRecording, PromptRenderer, Repertoire } from '../runtime/ports/index.ts';
import { writeFillers } from './audio/fillers.ts';
import { PromptCache } from './cache.ts';
import { loadCatalogues } from './catalogue.ts';
import { type Delivery, deliverByHttp, delivered } from './delivery.ts';
import { FlowSentences } from './flow-sentences.ts';
import { Janitor } from './janitor.ts';
import { CataloguePhrases } from './phrases.ts';
import type { RenderReport } from './prerender.ts';
import { Recordings } from './recordings.ts';
import { Renderer } from './renderer.ts';
import { Uploads } from './uploads.ts';
import { EspeakVoice } from './voices/espeak-voice.ts';
import { GuardedVoice, type VoiceState } from './voices/guarded-voice.ts';
import type { Sentence, Voice } from './voices/voice.ts';
import { openVoices, type VoicesConfig } from './voices/voices.ts';

export type { RenderReport } from './prerender.ts';
export type { VoiceState } from './voices/guarded-voice.ts';
export type { Sentence, Voice } from './voices/voice.ts';
export type { VoicesConfig } from './voices/voices.ts';

const CATALOGUES = new URL('../../config/prompts/', import.meta.url);

export interface SpeechOptions {
  /** Sound files live under it, in `prompts/`. */
  readonly dataDir: string;
  readonly log: Logger;
  readonly clock?: Clock;
  /** Another voice than the one that comes with the house. */
  readonly voice?: Voice;
  /** Who speaks each language; absent: the voice that comes with the house speaks all of them. */
  readonly voices?: VoicesConfig;
  /** Where media servers fetch sounds, and what their token is made from. Absent: they share the folder. */
  readonly delivery?: { readonly base: string; readonly secret: string };
  /** Counts the sentences that the better voice could not say in time. */
  onSpare?(language: Language): void;
  /** Counts the sentences that were said without what no voice could say in time. */
  onCut?(language: Language): void;
  /** Counts what callers in queues were not told because it had not been rendered. */
  onMissing?(language: Language): void;
}

export interface Speech {
  readonly prompts: PromptRenderer;
  readonly phrases: CataloguePhrases;
  readonly library: Uploads;
  /** Whether each of them is used now. */
  readonly voices: readonly VoiceState[];
  /** Which recordings and music there are by name. */
  recordings(): Promise<HasRecording>;
  /** Which sounds media servers ask for by HTTP. Absent: they share the folder. */
  readonly delivery?: Delivery;
  /** Renders what is not on disk yet, such as a flow's sentences before it goes live. Never rejects. */
  prerender(sentences: readonly Sentence[]): Promise<RenderReport>;
  /**
   * The same for all that callers hear now; what flows no longer say may go in time. Resolves when all is there that is
   * the same for all callers, in the language of most numbers. The rest follows behind.
   */
  prerenderFlows(repertoire: Repertoire): Promise<void>;
  /** Idempotent. */
  close(): Promise<void>;
}

/** Opens the room: catalogues, recordings, music, the voices. */
export async function openSpeech(options: SpeechOptions): Promise<Speech> {
  const { log, clock = systemClock } = options;
  const folder = join(resolve(options.dataDir), 'prompts');
  await mkdir(folder, { recursive: true });
  const guards: GuardedVoice[] = [];
  const guarded = (name: string, unguarded: Voice): Voice => {
    const guard = new GuardedVoice({
      voice: unguarded,
      name,
      clock,
      log,
      trial: (language) => ({ text: phrases.patience(language).moment, language }),
      onBack: () => flowSentences.voiceIsBack(),
    });
    guards.push(guard);
    return guard;
  };
  const house = guarded('espeak', new EspeakVoice(clock, log));
  const [catalogues, uploads, fillers, better] = await Promise.all([
    loadCatalogues(CATALOGUES),
    Uploads.open(join(folder, 'uploads'), clock, log),
    writeFillers(folder),
    openVoices(options.voices, house, clock, guarded),
  ]);
  const phrases = new CataloguePhrases(catalogues);
  const voice = options.voice ?? better ?? house;
  const cache = await PromptCache.open(folder, voice);
  const recordings = await Recordings.open(folder, uploads, log);
  const renderer = new Renderer({
    cache,
    ...(better ? { spare: await PromptCache.open(folder, house) } : {}),
    recordings,
    fillers,
    clock,
    log,
    patience: (language) => phrases.patience(language),
    onSpare: (language) => options.onSpare?.(language),
    onCut: (language) => options.onCut?.(language),
    onMissing: (language) => options.onMissing?.(language),
    lookAgain: () => flowSentences.again(),
  });
  const janitor = new Janitor({ folder, cache, clock, log });
  janitor.keepAlways(phrases.prepared());
  let closed = false;
  const prerender = async (
    sentences: readonly Sentence[],
    isStopped?: () => boolean,
  ): Promise<RenderReport> => {
    const report = await renderer.prerender(sentences, isStopped);
    const { rendered, failed, spared } = report;
    // What another voice says instead is told by whoever watches over the voices.
    if (failed > spared && !closed) log.error(report, 'Sentences could not be rendered');
    else if (rendered > 0) log.info(report, 'Sentences were rendered');
    return report;
  };
  void renderer.prerender(phrases.patient());
  void renderer.standIn(phrases.patient());
  const flowSentences = new FlowSentences({
    render: prerender,
    own: phrases,
    clock,
    onComplete: (languages) => {
      if (!closed) log.info({ languages }, 'All sentences are there');
    },
  });
  const prerenderFlows = (repertoire: Repertoire): Promise<void> => {
    janitor.keep(repertoire.sentences);
    return flowSentences.render(repertoire);
  };
  const close = async (): Promise<void> => {
    closed = true;
    renderer.stop();
    flowSentences.close();
    janitor.close();
    await Promise.all([voice.close(), house.close()]);
  };
  const room = {
    prompts: renderer,
    phrases,
    library: uploads,
    get voices() {
      return guards.map(({ state }) => state);
    },
    recordings: () => recordings.known(),
    prerender: (sentences: readonly Sentence[]) => prerender(sentences),
    prerenderFlows,
    close,
  };
  if (!options.delivery) return room;
  const delivery = deliverByHttp(folder, options.delivery.base, options.delivery.secret);
  return Object.assign(room, { prompts: delivered(renderer, delivery), delivery });
}
