import type { Language } from '../../model/contact.ts';
import type { CallId } from '../../model/ids.ts';
import type { CallerLeg } from '../ports/index.ts';
import type { FeaturePhrase } from '../ports/phrases.ts';
import type { World } from '../world.ts';

/** Whose phone has asked for something, and in whose call. */
export interface Listener {
  readonly callId: CallId;
  readonly leg: Pick<CallerLeg, 'play'> | undefined;
  readonly language: Language;
}

/** Tells a phone what came of what was dialled or pressed there. Resolves when it was said, or could not be; never rejects. */
export async function sayFeature(
  { phrases, prompts, log }: Pick<World, 'phrases' | 'prompts' | 'log'>,
  { callId, leg, language }: Listener,
  said: readonly FeaturePhrase[],
): Promise<void> {
  try {
    const files = said.map((one) => prompts.render(phrases.feature(one, language), language));
    await leg?.play(await Promise.all(files));
  } catch (error) {
    log.error({ callId, error: String(error) }, 'A confirmation could not be spoken');
  }
}
