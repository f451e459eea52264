import type { Prompt } from '../../ivr/vocabulary.ts';
import type { Logger } from '../../lib/log.ts';
import type { Utterance } from '../../model/utterance.ts';
import type { CallSession } from '../call-session.ts';
import type { PromptRenderer, Spoken } from '../ports/index.ts';

/** Who is to be told it, and what the voices are. */
export interface Telling {
  readonly prompts: PromptRenderer;
  readonly session: CallSession;
  readonly log: Logger;
}

/**
 * What a flow's prompts are played from, a list of files at a time: the next one is asked for when the one before was
 * heard, since voices go on speaking meanwhile. What cannot be had is passed over: silence is better than a dead call.
 */
export async function* promptStretches(
  telling: Telling,
  wanted: readonly Prompt[],
): AsyncGenerator<readonly string[]> {
  const spoken = await Promise.all(wanted.map((prompt) => speak(telling, prompt)));
  let ready: readonly string[] = [];
  for (let one of spoken) {
    ready = [...ready, ...one.files];
    while (one.rest) {
      yield ready;
      one = one.rest();
      ready = one.files;
    }
  }
  yield ready;
}

/** The same all at once, for somebody who hears something else until it is there. */
export async function promptFiles(
  telling: Telling,
  wanted: readonly Prompt[],
): Promise<readonly string[]> {
  const files = await Promise.all(
    wanted.map((prompt) =>
      prompt.kind === 'audio'
        ? audioFiles(telling, prompt.name)
        : orNothing(telling, [], () => telling.prompts.say(utteranceFor(telling, prompt))),
    ),
  );
  return files.flat();
}

/** What of it can be played now; what cannot is made for the next time, and not waited for. */
export function readyFiles(
  telling: Omit<Telling, 'log'>,
  wanted: readonly Prompt[],
): readonly string[] {
  return wanted.flatMap((prompt) => {
    if (prompt.kind === 'audio') return audioFiles(telling, prompt.name);
    const utterance = utteranceFor(telling, prompt);
    const files = telling.prompts.ready(utterance);
    if (!files) telling.prompts.prepare([utterance]);
    return files ?? [];
  });
}

function speak(telling: Telling, prompt: Prompt): Promise<Spoken> | Spoken {
  if (prompt.kind === 'audio') return { files: audioFiles(telling, prompt.name) };
  const utterance = utteranceFor(telling, prompt);
  return orNothing(telling, { files: [] }, () => telling.prompts.speak(utterance));
}

const audioFiles = ({ prompts, session }: Omit<Telling, 'log'>, name: string): readonly string[] =>
  [prompts.audio(name, session.context.language) ?? []].flat();

async function orNothing<T>(
  { session, log }: Telling,
  nothing: T,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    // That no voice works is told once, by those who have the voices.
    log.debug({ callId: session.id, error: String(error) }, 'A prompt could not be spoken');
    return nothing;
  }
}

type TextPrompt = Extract<Prompt, { kind: 'text' }>;

const utteranceFor = ({ session }: Pick<Telling, 'session'>, prompt: TextPrompt): Utterance =>
  utteranceOf(prompt, session.context.language);

/** By the voice of the call's language, unless the text has one of its own. */
export function utteranceOf(
  { kind: _, ...said }: TextPrompt,
  language: Utterance['language'],
): Utterance {
  return { language, ...said };
}
