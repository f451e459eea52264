import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { pathToFileURL } from 'node:url';
import { PEOPLE_MAX, piecesOf } from '../../../src/grammar/grammar.ts';
import { LANGUAGES, type Language } from '../../../src/model/contact.ts';
import type { Utterance } from '../../../src/model/utterance.ts';
import { loadCatalogues } from '../../../src/speech/catalogue.ts';
import { CataloguePhrases } from '../../../src/speech/phrases.ts';
import { readEnglish, readSpanish } from '../grammar/numerals.ts';

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

  it('D10 tells an agent whom they are about to speak with: a name is one customer’s own, and not kept with the others', () => {
    const { text, parts } = phrases.callback('agent', 'es-ES', 'Ana $& García');
    assert.equal(text, 'Llamada de devolución a Ana $& García. Marcando.');
    assert.deepEqual(parts?.[1], { text: 'Ana $& García', filled: true });
    const unnamed = { text: 'Llamada de devolución. Marcando.', language: 'es-ES' };
    assert.deepEqual(phrases.callback('agent', 'es-ES'), unnamed);
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

/** Everything that is rendered before the first call: as it is known where sentences are put together. */
const prepared = (language: Language) => {
  const own = phrases.prepared().filter((sentence) => sentence.language === language);
  const rendered = new Set(own.map(({ text, ending = 'whole' }) => `${ending} ${text}`));
  const has = (phrase: string, ending: string) => rendered.has(`${ending} ${phrase}`);
  return { has, whole: (text: string) => has(text, 'whole') };
};

/** What of a sentence would have to be asked for. */
function lacking({ text, language, parts = [] }: Utterance, { has, whole }: Prepared) {
  if (whole(text)) return [];
  const pieces = piecesOf(parts, { has });
  if (!pieces) return [text];
  return pieces.flatMap((piece) =>
    piece.kind === 'pause' || (piece.kind === 'words' && has(piece.text, piece.ending))
      ? []
      : [`${language}: ${piece.text} (${piece.ending}) of ${text}`],
  );
}
type Prepared = ReturnType<typeof prepared>;

const MINUTE_MS = 60_000;
const DAY_MINUTES = 24 * 60;
/** Every end of a wait within an hour, moments between two of them, and of each kind beyond, to two days. */
const ENDS = [
  ...[0, 0.5, ...Array.from({ length: 10 }, (_, at) => at + 1)],
  ...Array.from({ length: 20 }, (_, at) => 12.5 + at * 2.5),
  ...Array.from({ length: 14 }, (_, at) => 75 + at * 15),
  ...[20, 21.25, 21.5, 23.75, 24, 31, 47.75].map((hours) => hours * 60),
].map((minutes) => minutes * MINUTE_MS);

describe('what callers in a queue are told needs no voice', () => {
  for (const language of LANGUAGES) {
    const there = prepared(language);
    const spoken = (sentence: Utterance): void => assert.deepEqual(lacking(sentence, there), []);
    const readBack = language === 'en' ? readEnglish : readSpanish;

    it(`in ${language}: every position, in words that agree with who waits`, () => {
      const positions = [
        ...Array.from({ length: 10_000 }, (_, at) => at + 1),
        ...[
          10_001,
          20_001,
          21_002,
          31_202,
          100_001,
          101_022,
          131_332,
          200_001,
          999_999,
          PEOPLE_MAX + 1,
        ],
      ];
      for (const position of positions) {
        const sentence = phrases.queuePosition(position, language);
        spoken(sentence);
        if (position === 1) continue;
        const [, count = ''] = sentence.parts?.map(({ text }) => text) ?? [];
        assert.equal(readBack(count), position - 1);
        assert.equal(/ (persona|person) /.test(sentence.text), position === 2, sentence.text);
        assert.doesNotMatch(sentence.text, /\bun persona|[nu]os? personas|[st]os (\S+ )*personas/);
      }
    });

    it(`in ${language}: every wait, whoever is told it`, () => {
      for (const [at, from] of ENDS.entries())
        for (const to of ENDS.slice(at)) spoken(phrases.queueWait(from, to, language));
      const facts = { kind: 'call', status: 'unknown', reason: '', asks: false } as const;
      for (let minutes = 1; minutes < 30 * DAY_MINUTES; minutes += minutes < 120 ? 1 : 95)
        for (const sentence of phrases.arrival({ ...facts, waitMs: minutes * MINUTE_MS }, language))
          spoken(sentence);
    });

    it(`in ${language}: that the wait is longer, and thanks, which are there before all else`, () => {
      const text = phrases.queueLonger(language);
      spoken({ text, language });
      const first = phrases.patient().map((sentence) => `${sentence.language} ${sentence.text}`);
      assert.ok(first.includes(`${language} ${phrases.queueThanks(language)}`));
    });
  }

  it('is no more than that, and nothing of it is made twice', () => {
    for (const language of LANGUAGES) {
      const told = phrases.toWaiting(language);
      const others = new Set(phrases.toOthers(language).map(({ text }) => text));
      assert.ok(told.every((one) => one.language === language && !others.has(one.text)));
      assert.equal(new Set(told.map(({ text, ending }) => `${ending} ${text}`)).size, told.length);
    }
  });

  it('and takes not many pieces', () => {
    const pieces = phrases.prepared().filter(({ ending }) => ending !== undefined);
    assert.ok(pieces.length < 350, `${pieces.length}`);
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
