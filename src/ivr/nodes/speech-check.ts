import { collisions } from '../intents/collisions.ts';
import type { Surroundings } from '../node.ts';
import { textFor } from '../prompts.ts';
import { repeatedKeys, unspokenLanguages } from './choices.ts';
import type { Speech } from './speech-schema.ts';
import { phrasesOf } from './speech-words.ts';

/** What may be wrong with a question that is answered by voice. */
export function speechProblems(node: Speech, { languages }: Surroundings): readonly string[] {
  return [
    ...repeatedKeys(node.choices),
    ...unspokenLanguages(node.choices, languages),
    ...languages.flatMap((language) => missingPhrases(node, language)),
    ...languages.flatMap((language) => collidingPhrases(node, language)),
    ...withoutKeys(node),
    ...confirmProblems(node, languages),
    ...thresholds(node),
  ].filter((problem, at, all) => all.indexOf(problem) === at);
}

function missingPhrases(node: Speech, language: string): readonly string[] {
  return node.choices.flatMap((choice, at) =>
    phrasesOf(choice, language).length > 0
      ? []
      : [`choices[${at}].phrases: has no phrases in ${language}`],
  );
}

function collidingPhrases(node: Speech, language: string): readonly string[] {
  const phrases = node.choices.map((choice) => phrasesOf(choice, language));
  return collisions(phrases, language).map(({ intent, phrase, otherIntent, otherPhrase }) => {
    const said = phrases[intent]?.[phrase] ?? '';
    const place = `choices[${intent}].phrases`;
    return `${place}: "${said}" cannot be told from "${otherPhrase}" of choices[${otherIntent}]`;
  });
}

/** Callers whom nobody understands need a way out. */
function withoutKeys({ choices }: Speech): readonly string[] {
  return choices.some(({ key }) => key !== undefined)
    ? []
    : ['choices: none has a key: a caller who is not understood could choose nothing'];
}

function confirmProblems({ confirm }: Speech, languages: readonly string[]): readonly string[] {
  if (!confirm) return [];
  return languages.flatMap((language) => {
    const text = textFor(confirm, language);
    return text === undefined || text.includes('{choice}')
      ? []
      : ['confirm: does not say {choice}'];
  });
}

function thresholds({ confidence }: Speech): readonly string[] {
  const { take, confirm } = confidence ?? {};
  return take !== undefined && confirm !== undefined && confirm > take
    ? ['confidence: what is asked back must not be surer than what is taken']
    : [];
}
