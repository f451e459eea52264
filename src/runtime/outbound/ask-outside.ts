import { arrivalWords, type Told, voiced } from '../arrival-words.ts';
import { type Answer, Asking } from '../asking.ts';
import type { CallerLeg } from '../ports/index.ts';
import type { World } from '../world.ts';

export interface Asked {
  readonly told: Told;
  readonly leg: CallerLeg;
  /** Who and why is said as well. */
  readonly whisper: boolean;
  readonly acceptMs: number;
}

/** Whoever has picked up for a customer who is passed on is asked for a key; `answered` hears, once, whether they take it. */
export function askOutside(
  world: World,
  { told, leg, whisper, acceptMs }: Asked,
  answered: (answer: Answer) => void,
): Asking {
  const words = arrivalWords(world, told, { whisper, accept: true });
  return new Asking(world, {
    leg,
    limitMs: acceptMs,
    voice: () => voiced(world, told.callId, words),
    answered,
  });
}

/** Says who and why in their ear. Never rejects. */
export async function tellOutside(world: World, told: Told, leg: CallerLeg): Promise<void> {
  const words = arrivalWords(world, told, { whisper: true, accept: false });
  const files = await voiced(world, told.callId, words);
  if (files.length > 0) await leg.play(files);
}
