import { ACCEPT_MS_DEFAULT } from '../../model/arrival.ts';
import { arrivalWords, type Told, voiced } from '../arrival-words.ts';
import { type Answer, Asking } from '../asking.ts';
import type { CallerLeg } from '../ports/index.ts';
import type { World } from '../world.ts';

/**
 * Somebody outside whom nobody knows has picked up for a customer who is passed on: who and why is said in their ear,
 * and `answered` hears, once, whether they take it.
 */
export function askOutside(
  world: World,
  told: Told,
  leg: CallerLeg,
  answered: (answer: Answer) => void,
): Asking {
  const words = arrivalWords(world, told, { whisper: true, accept: true });
  return new Asking(world, {
    leg,
    limitMs: ACCEPT_MS_DEFAULT,
    voice: () => voiced(world, told.callId, words),
    answered,
  });
}
