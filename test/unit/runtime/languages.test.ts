import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LANGUAGES, type Language } from '../../../src/model/contact.ts';
import { flowId } from '../../../src/model/ids.ts';
import { loadCatalogues } from '../../../src/speech/catalogue.ts';
import { CataloguePhrases } from '../../../src/speech/phrases.ts';
import { settled, TestFloor } from '../../support/floor.ts';

const FOLDER = new URL('../../../config/prompts/', import.meta.url);
const phrases = new CataloguePhrases(await loadCatalogues(FOLDER));

const texts = (text: string) => ({ 'es-MX': text, 'es-ES': text, en: `${text} (en)` });
/** The number speaks Spanish; 2 is English. Then who it is, and the queue. */
const FLOW = {
  name: 'Idiomas',
  languages: [...LANGUAGES],
  start: 'menu',
  nodes: {
    menu: {
      type: 'menu',
      prompts: [texts('Idioma')],
      choices: [
        { key: '1', next: 'quien' },
        { key: '2', set: { language: 'en' }, next: 'quien' },
      ],
      failed: 'quien',
    },
    quien: { type: 'identify', next: 'cola' },
    cola: { type: 'queue', queue: 'ventas' },
  },
};

/** Everything that a caller hears who presses the key, waits for three announcements, and is sent away. */
async function heardBy(key: string, ani?: string, language: Language = 'es-MX') {
  const floor = new TestFloor(undefined, { phrases });
  const { configuration } = floor;
  const numbers = configuration.numbers.map((one) => ({
    ...one,
    flowId: flowId('idiomas'),
    language,
  }));
  const queues = configuration.queues.map((queue) => ({
    ...queue,
    waitMsMax: 110_000,
    overflow: [],
  }));
  const flows = [{ id: flowId('idiomas'), version: 1, document: FLOW }];
  floor.configuration = { ...configuration, numbers, flows, queues };
  assert.deepEqual(await floor.center.reload(), []);
  const leg = await floor.call('c1', ani);
  floor.center.digit(leg.callId, key);
  for (let turn = 0; turn < 5; turn++) await settled();
  for (const ms of [10_000, 45_000, 45_000, 15_000]) {
    floor.clock.advance(ms);
    for (let turn = 0; turn < 5; turn++) await settled();
    leg.finishPlaying();
    await settled();
  }
  return leg.played;
}

const positionIn = (language: Language): string => phrases.queuePosition(1, language).text;

test('a Spanish contact who presses 2 hears English to the end: position, thanks, goodbye', async () => {
  const played = await heardBy('2', '+34910000005');
  assert.ok(played.includes(positionIn('en')), played.join('\n'));
  assert.match(played.at(-1) ?? '', /^We cannot take your call/);
  const after = played.slice(1).join('\n');
  assert.doesNotMatch(after, /[áéíóúñ¿¡]|usted|espera|gracias|llamada/i);
});

test('whoever chooses nothing hears their own language, as the contacts have it', async () => {
  const played = await heardBy('1', '+34910000005');
  assert.ok(played.includes(positionIn('es-ES')), played.join('\n'));
  assert.match(played.at(-1) ?? '', /^En este momento no podemos atenderle/);
});

test('an English number speaks English to a stranger, and Spanish to a Spanish contact', async () => {
  assert.ok((await heardBy('1', undefined, 'en')).includes(positionIn('en')));
  assert.ok((await heardBy('1', '+34910000005', 'en')).includes(positionIn('es-ES')));
});
