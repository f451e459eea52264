import type { Registry } from 'prom-client';
import type { HearingConfig } from './config.ts';
import type { Clock } from './lib/clock.ts';
import type { ClosingTree } from './lib/closing.ts';
import type { Logger } from './lib/log.ts';
import { measureHearing } from './reporting/hearing.ts';
import type { Recogniser } from './runtime/ports.hearing.ts';
import { openHearing } from './speech/hearing.ts';
import { AudioForkServer } from './telephony/audio-fork.ts';

export interface Ears {
  readonly recogniser: Recogniser;
  /** Absent when nobody is there to listen. */
  readonly audioForks?: AudioForkServer;
}

interface EarsOptions {
  readonly hearing: HearingConfig;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: Registry;
  readonly closing: ClosingTree;
}

/** Opens what callers are listened to with: the recognisers, and the door that their audio comes in by. */
export async function openEars({
  hearing,
  clock,
  log,
  metrics,
  closing,
}: EarsOptions): Promise<Ears> {
  const recogniser = await openHearing({ ...hearing, clock, log });
  closing.add('recognisers', () => recogniser.close());
  measureHearing(metrics, recogniser);
  if (hearing.recognisers.length === 0) return { recogniser };
  const audioForks = new AudioForkServer({ ...hearing.audio, clock, log });
  await audioForks.open();
  closing.add('live audio', () => audioForks.close());
  return { recogniser, audioForks };
}
