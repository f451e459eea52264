import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ManualClock } from '../../../src/lib/clock.ts';
import type { Language } from '../../../src/model/contact.ts';
import type { Repertoire } from '../../../src/runtime/ports/index.ts';
import { FlowSentences } from '../../../src/speech/flow-sentences.ts';
import type { Sentence } from '../../../src/speech/voices/voice.ts';

const say = (language: Language, ...texts: string[]): Sentence[] =>
  texts.map((text) => ({ text, language }));
const piece: Sentence = { text: 'veintiún', language: 'es-MX', ending: 'joined' };

const house = (sentences: readonly Sentence[], over: Partial<Repertoire> = {}): Repertoire => ({
  languages: ['es-MX', 'en', 'es-ES'],
  greetings: [],
  sentences,
  ...over,
});

/** What is looked for, list by list; while it is held, nothing comes of a list. */
function room() {
  const looked: string[] = [];
  const stopped: (() => boolean)[] = [];
  const report = { rendered: 0, cached: 0, failed: 0, spared: 0 };
  const held = { until: Promise.resolve() };
  const render = async (sentences: readonly Sentence[], isStopped: () => boolean) => {
    looked.push(sentences.map(({ text }) => text).join(' '));
    stopped.push(isStopped);
    await held.until;
    return { ...report };
  };
  const clock = new ManualClock();
  const own = {
    patient: () => say('en', 'moment'),
    toWaiting: (language: Language) => say(language, `cero-${language}`),
    toOthers: (language: Language) => say(language, `fin-${language}`),
  };
  const completed: string[] = [];
  const onComplete = (languages: readonly Language[]): void =>
    void completed.push(languages[0] ?? '');
  const flows = new FlowSentences({ render, own, clock, onComplete });
  return { looked, stopped, report, held, clock, flows, completed };
}
const later = (): Promise<void> => new Promise(setImmediate);

const EMPTY = ['moment cero-es-MX', 'cero-en cero-es-ES fin-es-MX fin-en fin-es-ES'];

test('Languages of the most numbers come first, in each of them what is heard first, and pieces behind all wholes', async () => {
  const { looked, held, flows } = room();
  const said = [piece, ...say('en', 'hello', 'menu'), ...say('es-MX', 'menú', 'hola')];
  const greetings = [...say('en', 'hello'), ...say('es-MX', 'hola')];
  const ready = flows.render(house(said, { greetings }));
  held.until = new Promise(() => {});
  // Whatever becomes of the other languages.
  await ready;
  await later();
  assert.deepEqual(looked, [
    'moment hola cero-es-MX menú hola',
    'hello cero-en hello menu cero-es-ES veintiún fin-es-MX fin-en fin-es-ES',
  ]);
});

test('What is the same is looked for once; another language of the most numbers is a change', async () => {
  const { looked, flows } = room();
  await flows.render(house([]));
  await later();
  await flows.render(house([]));
  await later();
  assert.deepEqual(looked, EMPTY);
  await flows.render(house([], { languages: ['en', 'es-MX', 'es-ES'] }));
  assert.deepEqual(looked[2], 'moment cero-en');
});

test('What could not be rendered is looked for again after the next change', async () => {
  const { looked, report, flows } = room();
  report.failed = 1;
  await flows.render(house([]));
  await later();
  report.failed = 0;
  await flows.render(house([]));
  assert.deepEqual(looked[2], EMPTY[0]);
});

test('It is told when nothing is missing any more', async () => {
  const { report, flows, completed } = room();
  report.failed = 1;
  await flows.render(house([]));
  await later();
  assert.deepEqual(completed, []);
  report.failed = 0;
  await flows.render(house([]));
  assert.deepEqual(completed, [], 'the other languages are missing');
  await later();
  assert.deepEqual(completed, ['es-MX']);
});

test('A change takes over from the list that is being made', async () => {
  const { looked, stopped, held, flows, completed } = room();
  let go = (): void => {};
  held.until = new Promise((resolve) => {
    go = resolve;
  });
  const first = flows.render(house([]));
  assert.equal(stopped[0]?.(), false);
  const second = flows.render(house(say('en', 'hello'), { languages: ['en', 'es-MX', 'es-ES'] }));
  assert.deepEqual(looked, ['moment cero-es-MX', 'moment cero-en hello'], 'it is not waited for');
  assert.deepEqual(
    stopped.map((isStopped) => isStopped()),
    [true, false],
  );
  go();
  await Promise.all([first, second]);
  await later();
  assert.equal(
    stopped.filter((isStopped) => !isStopped()).length,
    2,
    'of the second there are two',
  );
  assert.deepEqual(completed, ['en']);
});

test('What is gone is looked for again, all of it, and not before five minutes have passed', async () => {
  const { looked, flows, clock } = room();
  flows.again();
  assert.deepEqual(looked, [], 'nothing is known yet');
  const first = flows.render(house([]));
  flows.again();
  await first;
  await later();
  flows.again();
  assert.deepEqual(looked, EMPTY, 'it is being made, or has just been');
  clock.advance(300_000);
  flows.again();
  flows.again();
  await later();
  assert.deepEqual(looked.slice(2), EMPTY);
});

test('A voice that is back makes all anew, at once; one that comes and goes every five minutes', async () => {
  const { looked, flows, clock } = room();
  await flows.render(house([]));
  await later();
  const back = async (): Promise<void> => {
    flows.voiceIsBack();
    clock.advance(0);
    await later();
  };
  await back();
  assert.deepEqual(looked.slice(2), EMPTY);
  await back();
  await back();
  assert.equal(looked.length, 4);
  clock.advance(300_000);
  await later();
  assert.deepEqual(looked.slice(4), EMPTY);
  flows.voiceIsBack();
  flows.close();
  clock.advance(300_000);
  assert.equal(looked.length, 6);
});
