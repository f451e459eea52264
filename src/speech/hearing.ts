// The door to those who listen: what the house opens and closes.

import type { Clock } from '../lib/clock.ts';
import type { Logger } from '../lib/log.ts';
import { never } from '../lib/result.ts';
import type { SpeechEngine } from './stt/engine.ts';
import { OpenAiEngine } from './stt/openai.ts';
import { type EngineChoice, Recognisers } from './stt/recognisers.ts';
import { SherpaEngine } from './stt/sherpa.ts';
import { VoskEngine } from './stt/vosk.ts';

export type { Recognisers } from './stt/recognisers.ts';

/** Where an engine is, and which languages are sent there. */
export interface EngineAddress {
  readonly languages: readonly string[];
  readonly kind: 'vosk' | 'openai' | 'sherpa';
  readonly address: string;
  readonly options: Readonly<Record<string, string>>;
}

export interface HearingOptions {
  readonly recognisers: readonly EngineAddress[];
  /** A bearer token, for servers that want one. */
  readonly key?: string;
  readonly sampleRate: 8_000 | 16_000;
  readonly answerMsMax: number;
  readonly callsMax: number;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Opens everybody who is configured. Rejects with what an operator can mend: a model that is not there. */
export async function openHearing(options: HearingOptions): Promise<Recognisers> {
  const { clock, log, sampleRate, answerMsMax, callsMax: streamsMax } = options;
  const engines: EngineChoice[] = [];
  for (const address of options.recognisers) {
    engines.push({ languages: address.languages, engine: await engineAt(address, options) });
  }
  return Recognisers.open({ engines, clock, log, sampleRate, answerMsMax, streamsMax });
}

function engineAt(
  { kind, address, options }: EngineAddress,
  { key, clock, log }: HearingOptions,
): SpeechEngine | Promise<SpeechEngine> {
  switch (kind) {
    case 'vosk':
      return new VoskEngine({ url: address, alternatives: Number(options.alternatives ?? 0) });
    case 'openai':
      return new OpenAiEngine({
        url: address,
        model: options.model ?? 'whisper-1',
        ...(key === undefined ? {} : { key }),
      });
    case 'sherpa':
      return SherpaEngine.open({
        folder: address,
        threads: Number(options.threads ?? 1),
        clock,
        log,
      });
    default:
      return never(kind);
  }
}
