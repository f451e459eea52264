import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Language } from '../../../src/model/contact.ts';
import { flowId } from '../../../src/model/ids.ts';
import { compileDirectory, repertoireOf } from '../../../src/runtime/directory.ts';
import { exampleConfiguration } from '../../support/floor.ts';

const flow = (name: string) => ({
  id: flowId(name),
  version: 1,
  document: {
    name,
    languages: ['es-MX', 'en'],
    start: 'hola',
    nodes: {
      adios: { type: 'hangup', prompts: [{ es: `${name} adiós`, en: `${name} goodbye` }] },
      hola: { type: 'play', prompts: [{ es: `${name} hola`, en: `${name} hello` }], next: 'adios' },
    },
  },
});

/** A house with numbers in these languages, the second of its flows answering all of them. */
function repertoire(languages: readonly Language[]) {
  const { numbers, ...others } = exampleConfiguration();
  const compiled = compileDirectory(
    {
      ...others,
      flows: [flow('otro'), flow('entrada')],
      numbers: numbers.slice(0, 1).flatMap((number) =>
        languages.map((language, at) => ({
          ...number,
          dnis: `800555010${at}`,
          flowId: flowId('entrada'),
          language,
        })),
      ),
    },
    'UTC',
  );
  assert.ok('directory' in compiled, JSON.stringify(compiled));
  return repertoireOf(compiled.directory, new Map());
}
const texts = (list: readonly { readonly text: string }[]) => list.map(({ text }) => text);

test('the languages of the most numbers come first, and all others behind them', () => {
  assert.deepEqual(repertoire(['en', 'es-MX', 'en']).languages, ['en', 'es-MX', 'es-ES']);
  assert.deepEqual(repertoire(['en', 'es-MX']).languages, ['es-MX', 'en', 'es-ES']);
  assert.deepEqual(repertoire([]).languages, ['es-ES', 'es-MX', 'en']);
});

test('what answers a number is a greeting, and its flow is spoken before those that no number leads to', () => {
  const { greetings, sentences } = repertoire(['es-MX', 'en']);
  assert.deepEqual(texts(greetings), ['entrada hola', 'entrada hello']);
  assert.deepEqual(texts(sentences), [
    ...['entrada hola', 'entrada hello', 'entrada adiós', 'entrada goodbye'],
    ...['otro hola', 'otro hello', 'otro adiós', 'otro goodbye'],
  ]);
});
