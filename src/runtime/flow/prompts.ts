import type { Prompt } from '../../ivr/vocabulary.ts';
import type { Logger } from '../../lib/log.ts';
import type { Utterance } from '../../model/utterance.ts';
import type { CallSession } from '../call-session.ts';
import type { PromptRenderer } from '../ports/index.ts';

/** What a flow's prompts are played from. One that cannot be had is passed over: silence is better than a dead call. */
export async function promptFiles(
  prompts: PromptRenderer,
  session: CallSession,
  wanted: readonly Prompt[],
  log: Logger,
): Promise<readonly string[]> {
  const files = await Promise.all(
    wanted.map(async (prompt): Promise<readonly string[]> => {
      const { language } = session.context;
      if (prompt.kind === 'audio') return [prompts.audio(prompt.name, language) ?? []].flat();
      try {
        return await prompts.say(utteranceOf(prompt, language));
      } catch (error) {
        log.error({ callId: session.id, error: String(error) }, 'A prompt could not be spoken');
        return [];
      }
    }),
  );
  return files.flat();
}

export function utteranceOf(
  { kind: _, ...said }: Extract<Prompt, { kind: 'text' }>,
  language: Utterance['language'],
): Utterance {
  return { ...said, language };
}
