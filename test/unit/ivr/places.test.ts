import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { filledParts, placeProblems } from '../../../src/ivr/places.ts';
import { resolvePrompt } from '../../../src/ivr/prompts.ts';
import { textsOf } from '../../../src/ivr/spoken-texts.ts';
import type { CallContext } from '../../../src/model/call.ts';

const context: CallContext = {
  ani: '+525555550001',
  dnis: '8005550100',
  status: 'customer',
  language: 'es-MX',
  variables: { total: '21000', fecha: '2026-01-01', raro: 'no sé', vacio: '' },
};

const said = (text: string): string =>
  filledParts(text, context, context.language)
    .map((part) => part.text)
    .join('');

describe('places', () => {
  it('say a value as its type is said in the language', () => {
    assert.equal(said('Debe {variables.total | money MXN}.'), 'Debe veintiún mil pesos.');
    assert.equal(said('{variables.fecha|date noyear}'), 'primero de enero');
    assert.equal(
      said('Le llamamos al {ani | phone MX}.'),
      'Le llamamos al cincuenta y cinco, cincuenta y cinco cincuenta y cinco, cero cero cero uno.',
    );
  });

  it('say what cannot be read as its type as it is, and nothing for what is not known', () => {
    assert.equal(said('Debe {variables.raro | money MXN}.'), 'Debe no sé.');
    assert.equal(said('Debe {variables.vacio | money MXN}{variables.nada | date}.'), 'Debe .');
  });

  it('are refused when nothing is known by the name, or the format is none', () => {
    assert.deepEqual(placeProblems('{variables.total | money MXN} {name}'), []);
    assert.deepEqual(placeProblems('{password}'), ['nothing is known as {password}']);
    const [problem] = placeProblems('{variables.total | mony MXN}');
    assert.match(
      problem ?? '',
      /^\{variables\.total \| mony MXN\}: there is no format mony; there/,
    );
    assert.match(placeProblems('{ani |}')[0] ?? '', /there is no format ;/);
    assert.match(placeProblems('{ani | phone | digits}')[0] ?? '', /write phone/);
  });

  it('tell the shell which parts of a sentence are this caller’s own', () => {
    const prompt = resolvePrompt(
      { id: 'banco', prompts: { saldo: { es: 'Debe {variables.total | money MXN}.' } } },
      'saldo',
      context,
    );
    assert.deepEqual(prompt, {
      kind: 'text',
      text: 'Debe veintiún mil pesos.',
      name: 'saldo',
      flowId: 'banco',
      parts: [
        { text: 'Debe ', filled: false },
        { text: 'veintiún mil pesos', filled: true },
        { text: '.', filled: false },
      ],
    });
  });
});

describe('textsOf', () => {
  it('lists what a sentence with places is put together from, and how each piece ends', () => {
    const texts = textsOf('Debe {variables.total | money MXN}. Gracias.', 'es-MX');
    const find = (text: string) =>
      texts.filter((spoken) => spoken.text === text).map(({ ending }) => ending);
    // An amount that is not known is not said.
    assert.deepEqual(find('Debe'), ['joined', 'last']);
    assert.deepEqual(find('Gracias.'), ['last']);
    assert.deepEqual(find('pesos'), ['last', 'joined']);
    assert.deepEqual(find('veintiún'), ['last', 'joined']);
    assert.ok(texts.length > 200 && texts.length < 500, String(texts.length));
  });

  it('lists of a sentence with a name what stands around it', () => {
    assert.deepEqual(textsOf('Hola, {name}. Bienvenido a {variables.casa}.', 'es-MX'), [
      { text: 'Hola,', language: 'es-MX', ending: 'joined' },
      { text: 'Hola,', language: 'es-MX', ending: 'last' },
      { text: 'Bienvenido a', language: 'es-MX', ending: 'joined' },
      { text: 'Bienvenido a', language: 'es-MX', ending: 'last' },
    ]);
  });
});
