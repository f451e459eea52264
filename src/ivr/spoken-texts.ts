import type { Language } from '../model/contact.ts';
import type { CompiledFlow } from './compiled.ts';
import { isRecording } from './prompt-schema.ts';
import { placesOf, textFor } from './prompts.ts';

/** A sentence in the language of the voice that will say it. */
export interface SpokenText {
  readonly text: string;
  readonly language: Language;
}

/** Every sentence that a flow can say and that is the same for all callers: to be rendered before any call. */
export function spokenTexts(flow: CompiledFlow): readonly SpokenText[] {
  const refs = [...flow.nodes.values()].flatMap(({ kind, config }) =>
    kind.prompts(config).flatMap((spoken) => spoken.refs),
  );
  const found = new Map<string, SpokenText>();
  for (const ref of refs) {
    const entry = typeof ref === 'string' ? flow.prompts[ref] : ref;
    if (!entry || isRecording(entry)) continue;
    for (const language of flow.languages) {
      const text = textFor(entry, language);
      if (text === undefined || placesOf(text).length > 0) continue;
      found.set(`${language} ${text}`, { text, language });
    }
  }
  return [...found.values()];
}
