// The process in which sherpa-onnx speaks. It loads every model at its start, and says which of them cannot be had.
import { childData, tellParent } from '../../lib/child-part.ts';
import type { Language } from '../../model/contact.ts';
import type { Ending } from '../../model/utterance.ts';
import { finished } from '../audio/finish.ts';
import { ESPEAK_NAMES } from './espeak-names.ts';
import { type SherpaConfig, sherpaConfig } from './sherpa-models.ts';

/** A voice's folder, and who of it speaks: several people may share a model. */
export interface SherpaModel {
  readonly language: Language;
  readonly name: string;
  readonly folder: string;
  readonly speaker: number;
}

export interface SherpaRequest {
  readonly id: number;
  readonly language: Language;
  readonly text: string;
  readonly rate: number;
  readonly ending?: Ending;
}

export type SherpaAnswer =
  | { readonly kind: 'ready' }
  | { readonly kind: 'said'; readonly id: number; readonly samples: Int16Array }
  | { readonly kind: 'failed'; readonly id?: number; readonly why: string };

/** The part of sherpa-onnx-node that is used here. */
interface Tts {
  generate(request: {
    text: string;
    generationConfig: { sid: number; speed: number; extra: { lang: string } };
    enableExternalBuffer: boolean;
  }): {
    samples: Float32Array;
    sampleRate: number;
  };
}
interface Sherpa {
  readonly OfflineTts: new (config: SherpaConfig) => Tts;
}

const models = childData<readonly SherpaModel[]>();
const tell = (answer: SherpaAnswer): void => tellParent(answer);

try {
  const { OfflineTts } = await library();
  /** One model that speaks two languages is loaded once. */
  const loaded = new Map<string, Tts>();
  const speakers = new Map<Language, { readonly tts: Tts; readonly sid: number }>();
  for (const { language, folder, speaker } of models) {
    const tts = loaded.get(folder) ?? new OfflineTts(await sherpaConfig(folder, language));
    loaded.set(folder, tts);
    speakers.set(language, { tts, sid: speaker });
  }
  process.on('message', (request: SherpaRequest) => void say(request, speakers));
  tell({ kind: 'ready' });
} catch (error) {
  tell({ kind: 'failed', why: error instanceof Error ? error.message : String(error) });
}

async function say(
  { id, language, text, rate, ending }: SherpaRequest,
  speakers: ReadonlyMap<Language, { readonly tts: Tts; readonly sid: number }>,
): Promise<void> {
  try {
    const speaker = speakers.get(language);
    if (!speaker) throw new Error(`There is no voice for ${language}`);
    const { tts, sid } = speaker;
    // Buffers of the library's own are not allowed everywhere (V8's sandbox).
    const sound = tts.generate({
      text,
      generationConfig: { sid, speed: 1, extra: { lang: ESPEAK_NAMES[language] } },
      enableExternalBuffer: false,
    });
    const samples = await finished(sound.samples, sound.sampleRate, rate, ending);
    tell({ kind: 'said', id, samples });
  } catch (error) {
    tell({ kind: 'failed', id, why: String(error) });
  }
}

/** An optional dependency: there are platforms that it was not built for. */
async function library(): Promise<Sherpa> {
  const name = 'sherpa-onnx-node';
  try {
    const { default: sherpa } = (await import(name)) as { default: Sherpa };
    return sherpa;
  } catch (error) {
    throw new Error(
      `sherpa-onnx-node is not installed, or not for this platform (${String(error)})`,
    );
  }
}
