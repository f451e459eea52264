import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Language } from '../../model/contact.ts';
import { ESPEAK_NAMES } from './espeak-names.ts';

/** sherpa-onnx's configuration of one voice; absent parts are empty strings there. */
export interface SherpaConfig {
  readonly model: {
    readonly vits?: Readonly<Record<string, string>>;
    readonly kokoro?: Readonly<Record<string, string>>;
    readonly numThreads: number;
    readonly provider: 'cpu';
    readonly debug: false;
  };
  readonly maxNumSentences: number;
}

/**
 * Finds out what kind of voice a folder holds, by the files that sherpa-onnx's own archives have: Piper's are one
 * `.onnx` with `tokens.txt` and `espeak-ng-data`, Kokoro's have `voices.bin` besides. The error says what is missing.
 * A Kokoro of many languages (from 1.0 on) does not load without one of them; each sentence names its own.
 */
export async function sherpaConfig(folder: string, language: Language): Promise<SherpaConfig> {
  const names = await readdir(folder).catch(() => {
    throw new Error(`There is no folder of a voice at ${folder}`);
  });
  const onnx = names.filter((name) => name.endsWith('.onnx'));
  const model = onnx.find((name) => !name.includes('int8')) ?? onnx[0];
  const missing = [
    ...(model ? [] : ['a model (.onnx)']),
    ...(names.includes('tokens.txt') ? [] : ['tokens.txt']),
    ...(names.includes('espeak-ng-data') || names.includes('lexicon.txt')
      ? []
      : ['espeak-ng-data']),
  ];
  if (missing.length > 0) throw new Error(`The voice at ${folder} lacks ${missing.join(', ')}`);
  const at = (name: string): string => (names.includes(name) ? join(folder, name) : '');
  const files = {
    model: join(folder, model ?? ''),
    tokens: at('tokens.txt'),
    dataDir: at('espeak-ng-data'),
    lexicon: at('lexicon.txt'),
  };
  const kind = names.includes('voices.bin')
    ? { kokoro: { ...files, voices: at('voices.bin'), lang: ESPEAK_NAMES[language] } }
    : { vits: files };
  return { model: { ...kind, numThreads: 1, provider: 'cpu', debug: false }, maxNumSentences: 1 };
}
