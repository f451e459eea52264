import { grammarOf, piecesToRender } from '../grammar/grammar.ts';
import type { Message } from '../model/calendar.ts';
import { LANGUAGES, type Language } from '../model/contact.ts';
import type { SpokenText } from '../model/utterance.ts';
import type { CompiledFlow } from './compiled.ts';
import { reachedFrom } from './graph.ts';
import { stretchesOf } from './places.ts';
import { isRecording } from './prompt-schema.ts';
import { sayingFor, textFor } from './prompts.ts';

export type { SpokenText } from '../model/utterance.ts';

const known = new WeakMap<CompiledFlow, readonly SpokenText[]>();

/**
 * Everything that is to be rendered before a call meets the flow: its sentences; and of those that differ from
 * caller to caller the stretches that do not, with the phrases that the rest is put together from. In the order in which
 * callers come to them, what is heard whole before the stretches.
 */
export function spokenTexts(flow: CompiledFlow): readonly SpokenText[] {
  const texts = known.get(flow) ?? textsOfFlow(flow);
  known.set(flow, texts);
  return texts;
}

function textsOfFlow(flow: CompiledFlow): readonly SpokenText[] {
  const names = new Set([...reachedFrom(flow, flow.start), ...flow.nodes.keys()]);
  const refs = [...names].flatMap((name) => {
    const node = flow.nodes.get(name);
    return node ? node.kind.prompts(node.config).flatMap((spoken) => spoken.refs) : [];
  });
  const found = new Map<string, SpokenText>();
  for (const ref of refs) {
    const entry = typeof ref === 'string' ? flow.prompts[ref] : ref;
    if (!entry || isRecording(entry)) continue;
    for (const language of flow.languages) {
      const said = sayingFor(entry, language);
      for (const spoken of said ? textsOf(said.text, said.language) : []) {
        found.set(`${spoken.language} ${spoken.ending ?? ''} ${spoken.text}`, spoken);
      }
    }
  }
  const isWhole = ({ ending }: SpokenText): boolean => ending === undefined;
  const all = [...found.values()];
  return [...all.filter(isWhole), ...all.filter((text) => !isWhole(text))];
}

/** What a closure says, in every language that it has a text for. */
export const messageTexts = (message: Message): readonly SpokenText[] =>
  isRecording(message)
    ? []
    : LANGUAGES.flatMap((language) => {
        const text = textFor(message, language);
        return text === undefined ? [] : textsOf(text, language);
      });

/** A text without places is one sentence. */
export function textsOf(text: string, language: Language): readonly SpokenText[] {
  const stretches = stretchesOf(text);
  if (stretches.every(({ kind }) => kind === 'fixed')) return [{ text, language }];
  const templates = stretches.map((stretch) => {
    if (stretch.kind === 'fixed') return { text: stretch.text };
    // A name is in no vocabulary: it is said by the voice, or not at all.
    if (!stretch.format) return { text: stretch.text, phrases: [] };
    const { name, args } = stretch.format;
    return { text: stretch.text, phrases: grammarOf(language).vocabulary(name, args) };
  });
  return piecesToRender(templates, language);
}
