import assert from 'node:assert/strict';
import { describe } from 'node:test';
import type { ApiClient } from '../support/api-client.ts';
import type { LogLine } from '../support/centralita.ts';
import { eventually } from '../support/eventually.ts';
import { type House, sharedHouse } from '../support/house.ts';
import { cdrOf } from '../support/records.ts';
import { type Stage, scene } from '../support/stage.ts';

let count = 0;

/** A flow with a number of its own. */
async function publish(api: ApiClient, document: object, language = 'es-MX') {
  count += 1;
  const id = `idiomas-${count}`;
  const dnis = `80058${10_000 + count}`;
  await api.post('/v1/flows', { id, document });
  const number = { dnis, name: id, flowId: id, language, country: 'MX' };
  await api.post('/v1/numbers', number);
  return { id, dnis };
}

const menu = (choices: object[]) => ({
  type: 'menu',
  prompts: [{ es: 'Marque una tecla.', en: 'Press a key.' }],
  timeoutSeconds: 30,
  choices,
  failed: 'fin',
});

const bilingual = (queue: string) => ({
  name: 'Idiomas',
  languages: ['es-MX', 'en'],
  start: 'menu',
  nodes: {
    menu: menu([
      { key: '1', next: 'quien' },
      { key: '2', set: { language: 'en' }, next: 'quien' },
    ]),
    quien: { type: 'identify', next: 'cola' },
    cola: { type: 'queue', queue },
    fin: { type: 'hangup' },
  },
});

/** The sound files that a caller hears in the queue, until two announcements were made. */
async function announcedTo(
  stage: Stage,
  house: House,
  dnis: string,
  key: string,
): Promise<ReadonlySet<string>> {
  const { api, logs } = house.system;
  const before = logs.length;
  const isPlaying = ({ msg }: LogLine) => msg === 'Playing';
  const caller = await house.dial(stage, dnis);
  await eventually('the menu to be heard', () => logs.slice(before).some(isPlaying));
  const from = logs.length;
  await caller.press(key);
  const played = await eventually(
    'two announcements',
    () => {
      const files = logs
        .slice(from)
        .filter((line) => isPlaying(line) && !/music/.test(String(line.argument)))
        .map(({ argument }) => String(argument));
      return files.length >= 2 && files;
    },
    30_000,
  );
  await caller.hangUp();
  await cdrOf(api, caller.sipp.callId);
  return new Set(played);
}

describe('languages', () => {
  const house = sharedHouse('languages');

  scene(
    'who presses 2 for English hears the queue in English, as the callers of an English number do',
    async (stage) => {
      const { api, logs } = house().system;
      await eventually(
        'the sentences to be spoken',
        () => logs.some(({ msg }) => msg === 'All sentences are there'),
        150_000,
      );
      const queue = { announceFirstMs: 1_000, announceEveryMs: 5_000, announceWaitMsMax: 0 };
      await api.post('/v1/queues', { id: 'idiomas', name: 'Idiomas', ...queue });
      const spanish = await publish(api, bilingual('idiomas'));
      const english = await publish(api, bilingual('idiomas'), 'en');
      const inSpanish = await announcedTo(stage, house(), spanish.dnis, '1');
      const inEnglish = await announcedTo(stage, house(), english.dnis, '1');
      const chosen = await announcedTo(stage, house(), spanish.dnis, '2');
      assert.deepEqual(chosen, inEnglish);
      assert.deepEqual(
        [...chosen].filter((file) => inSpanish.has(file)),
        [],
      );
    },
    { limitMs: 240_000 },
  );
});
