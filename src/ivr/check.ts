import type { Message } from '../model/calendar.ts';
import { graphProblems } from './check-graph.ts';
import { secretProblems } from './check-secrets.ts';
import type { CompiledFlow } from './compiled.ts';
import type { Known } from './node.ts';
import { placeProblems } from './places.ts';
import { isRecording, type PromptEntry, type PromptRef, TEXT_KEYS } from './prompt-schema.ts';
import { sayingFor } from './prompts.ts';

/** What is wrong with a flow whose parts are each well formed: every line names its place. */
export function checkFlow(flow: CompiledFlow, known: Known): readonly string[] {
  return [
    ...graphProblems(flow),
    ...promptProblems(flow),
    ...unusedPrompts(flow),
    ...secretProblems(flow),
    ...ownProblems(flow, known),
  ];
}

function promptProblems(flow: CompiledFlow): readonly string[] {
  const named = Object.entries(flow.prompts).flatMap(([name, entry]) =>
    entryProblems(flow, entry, `prompts.${name}`),
  );
  const inline = spoken(flow).flatMap(({ ref, place }) => {
    if (typeof ref !== 'string') return entryProblems(flow, ref, place);
    return Object.hasOwn(flow.prompts, ref) ? [] : [`${place}: there is no prompt ${ref}`];
  });
  return [...named, ...inline];
}

/** What is wrong with a closure's message: its texts are looked at as a flow's are, but for no list of languages. */
export const messageProblems = (message: Message): readonly string[] =>
  isRecording(message)
    ? []
    : Object.entries(message).flatMap(([language, text]) =>
        TEXT_KEYS.includes(language)
          ? textProblems(text, `message.${language}`)
          : [`message.${language}: there is no voice for ${language}`],
      );

/** Blanks are said as nothing at all. */
const textProblems = (text: string, place: string): readonly string[] =>
  text.trim() === ''
    ? [`${place}: has no words`]
    : placeProblems(text).map((problem) => `${place}: ${problem}`);

function entryProblems(flow: CompiledFlow, entry: PromptEntry, place: string): readonly string[] {
  if (isRecording(entry)) return [];
  const missing = flow.languages
    .filter((language) => sayingFor(entry, language) === undefined)
    .map((language) => `${place}: has no text in ${language}`);
  const strange = Object.entries(entry).flatMap(([language, said]) =>
    textProblems(typeof said === 'string' ? said : said.text, `${place}.${language}`),
  );
  return [...missing, ...strange];
}

function unusedPrompts(flow: CompiledFlow): readonly string[] {
  const used = new Set(spoken(flow).map(({ ref }) => ref));
  return Object.keys(flow.prompts)
    .filter((name) => !used.has(name))
    .map((name) => `prompts.${name}: is never said`);
}

function ownProblems(flow: CompiledFlow, known: Known): readonly string[] {
  const around = { ...known, languages: flow.languages };
  return [...flow.nodes].flatMap(([name, { kind, config }]) =>
    (kind.check?.(config, around) ?? []).map((problem) => `nodes.${name}.${problem}`),
  );
}

/** Everything that any node says, with its place. */
function spoken(
  flow: CompiledFlow,
): readonly { readonly ref: PromptRef; readonly place: string }[] {
  return [...flow.nodes].flatMap(([name, { kind, config }]) =>
    kind
      .prompts(config)
      .flatMap(({ place, refs }) =>
        refs.map((ref, at) => ({ ref, place: `nodes.${name}.${place}[${at}]` })),
      ),
  );
}
