import type { Language } from '../../model/contact.ts';
import type { AgentId, CallId } from '../../model/ids.ts';
import type { CallSession } from '../call-session.ts';
import type { CallerLeg } from '../ports/index.ts';
import type { Leg } from '../ports/phones.ts';
import type { FeaturePhrase } from '../ports/phrases.ts';
import type { World } from '../world.ts';

/** Whose phone has asked for something, and in whose call. */
export interface Listener {
  readonly callId: CallId;
  readonly leg: Pick<CallerLeg, 'play'> | undefined;
  readonly language: Language;
}

/** In the ear of somebody in the midst of a conversation: in their own language, or that of most numbers. */
export function listenerAt(
  { directory }: Pick<World, 'directory'>,
  { id: callId, context }: CallSession,
  leg: Leg,
  agentId: AgentId | undefined,
): Listener {
  const own = agentId && directory?.agents.get(agentId)?.language;
  return { callId, leg, language: own ?? directory?.language ?? context.language };
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
