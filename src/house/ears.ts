import { measureHearing } from '../reporting/hearing.ts';
import type { Recogniser } from '../runtime/ports/hearing.ts';
import { openHearing } from '../speech/hearing.ts';
import { AudioForkServer } from '../telephony/audio-fork.ts';
import type { Foundation } from './foundation.ts';

export interface Ears {
  readonly recogniser: Recogniser;
  /** Absent when nobody is there to listen. */
  readonly audioForks?: AudioForkServer;
}

/** Opens what callers are listened to with: the recognisers, and the door that their audio comes in by. */
export async function openEars({
  config: { hearing },
  clock,
  log,
  metrics,
  closing,
}: Foundation): Promise<Ears> {
  const recogniser = await openHearing({ ...hearing, clock, log });
  closing.add('recognisers', () => recogniser.close());
  measureHearing(metrics, recogniser);
  if (hearing.recognisers.length === 0) return { recogniser };
  const audioForks = new AudioForkServer({ ...hearing.audio, clock, log });
  await audioForks.open().catch((error: Error) => {
    throw new Error(`AUDIO_HOST and AUDIO_PORT: ${error.message}`, { cause: error });
  });
  closing.add('live audio', () => audioForks.close());
  return { recogniser, audioForks };
}
