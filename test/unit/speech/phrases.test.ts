import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { pathToFileURL } from 'node:url';
import type { Language } from '../../../src/model/contact.ts';
import { loadCatalogues } from '../../../src/speech/catalogue.ts';
import { CataloguePhrases } from '../../../src/speech/phrases.ts';

const FOLDER = new URL('../../../config/prompts/', import.meta.url);
const phrases = new CataloguePhrases(await loadCatalogues(FOLDER));

describe('phrases', () => {
  const positions: readonly [number, Language, string][] = [
    [1, 'es-ES', 'Es usted el siguiente.'],
    [2, 'es-ES', 'Hay una persona delante de usted.'],
    [3, 'es-ES', 'Hay dos personas delante de usted.'],
    [22, 'es-ES', 'Hay veintiuna personas delante de usted.'],
    [1, 'es-MX', 'Usted es el siguiente.'],
    [3, 'es-MX', 'Hay dos personas antes que usted.'],
    [201, 'es-MX', 'Hay doscientas personas antes que usted.'],
    [1, 'en', 'You are next in line.'],
    [2, 'en', 'There is one person ahead of you.'],
    [3, 'en', 'There are two people ahead of you.'],
    [0, 'en', 'You are next in line.'],
  ];
  for (const [position, language, sentence] of positions) {
    it(`says: ${sentence}`, () => {
      assert.equal(phrases.queuePosition(position, language).text, sentence);
    });
  }

  it('P3 tells an agent what comes, sentence by sentence, and nobody’s name', () => {
    const facts = { kind: 'call', status: 'vip', reason: 'factura', asks: true } as const;
    const said = (waitMs: number, language: Language, more: object = {}) =>
      phrases
        .arrival({ ...facts, waitMs, ...more }, language)
        .map(({ text }) => text)
        .join(' ');
    assert.equal(
      said(185_000, 'es-ES'),
      'Cliente VIP. factura. Espera tres minutos. Pulse uno para aceptar o dos para rechazar.',
    );
    assert.equal(
      said(60_000, 'es-MX', { status: 'customer', asks: false, reason: 'estado_de_pedido' }),
      'estado de pedido. Espera un minuto.',
    );
    assert.equal(said(59_999, 'en', { asks: false }), 'VIP customer. factura.');
    assert.equal(
      said(0, 'en', { kind: 'transfer', from: 'Carmen', status: 'unknown', asks: false }),
      'Transferred by Carmen. factura.',
    );
    assert.match(said(13 * 60_000, 'es-ES'), /Espera quince minutos\./);
    assert.match(said(5_000_000, 'es-ES'), /Espera una hora y media\./);
  });

  it('says what came of a feature code, and how long it may take', () => {
    assert.equal(phrases.feature('signedIn', 'es-MX'), 'Sesión iniciada.');
    assert.equal(phrases.feature('notReady', 'es-ES'), 'No disponible.');
    assert.equal(
      phrases.queueWait(180_000, 300_000, 'es-MX').text,
      'El tiempo de espera estimado es de entre tres y cinco minutos.',
    );
    assert.equal(
      phrases.queueWait(0, 30_000, 'en').text,
      'The estimated wait is less than one minute.',
    );
    assert.equal(phrases.queueLonger('es-ES'), 'La espera se ha alargado.');
  });

  it('prepares sentences without a place left open', () => {
    const prepared = phrases.prepared();
    assert.ok(prepared.length > 60);
    for (const { text } of prepared) assert.doesNotMatch(text, /[{}]/);
  });
});

describe('loadCatalogues', () => {
  it('says which sentence a catalogue lacks', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'catalogue-'));
    try {
      for (const name of ['es-ES.yaml', 'es-MX.yaml', 'en.yaml']) {
        const text = await readFile(new URL(name, FOLDER), 'utf8');
        await writeFile(join(folder, name), text.replace(/^.*wrongPin.*\n/m, ''));
      }
      await assert.rejects(
        loadCatalogues(pathToFileURL(`${folder}/`)),
        /yaml: \/feature .*wrongPin/,
      );
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
