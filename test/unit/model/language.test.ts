import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { LANGUAGES, languageNear } from '../../../src/model/contact.ts';

describe('the language that is nearest to a tag', () => {
  for (const [tag, nearest] of [
    ...LANGUAGES.map((language) => [language, language] as const),
    ['es', 'es-ES'],
    ['ES_es', 'es-ES'],
    ['es-AR', 'es-MX'],
    ['es-419', 'es-MX'],
    ['es-Latn-CO', 'es-MX'],
    ['en-US', 'en'],
    [' EN_gb ', 'en'],
    ['fr', undefined],
    ['pt-BR', undefined],
    ['est', undefined],
    ['', undefined],
    ['-', undefined],
  ] as const) {
    it(`is ${nearest ?? 'none'} for ${JSON.stringify(tag)}`, () => {
      assert.equal(languageNear(tag), nearest);
    });
  }
});
