import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ManualClock } from '../../../src/lib/clock.ts';
import { FlowSentences } from '../../../src/speech/flow-sentences.ts';
import type { Sentence } from '../../../src/speech/voices/voice.ts';

const say = (...texts: string[]): Sentence[] =>
  texts.map((text) => ({ text, language: 'es-ES' as const }));
const piece: Sentence = { text: 'veintiún', language: 'es-ES', ending: 'joined' };

/** What is looked for, list by list. */
function room() {
  const looked: string[] = [];
  const report = { rendered: 0, cached: 0, failed: 0 };
  const render = async (sentences: readonly Sentence[]) => {
    looked.push(sentences.map(({ text }) => text).join(' '));
    return { ...report };
  };
  const clock = new ManualClock();
  const flows = new FlowSentences({ render, phrases: say('cero'), clock });
  return { looked, report, clock, again: () => flows.again(), flows: flows.render.bind(flows) };
}
const later = (): Promise<void> => new Promise(setImmediate);

test('What flows say is looked for whole sentences first, and once as long as it is the same', async () => {
  const { looked, flows } = room();
  await flows([...say('hola'), piece]);
  await later();
  assert.deepEqual(looked, ['hola', 'cero', 'veintiún']);
  await flows([...say('hola'), piece]);
  await later();
  assert.equal(looked.length, 3);
  await flows(say('hola', 'adiós'));
  await later();
  assert.deepEqual(looked.slice(3), ['hola adiós', 'cero', '']);
});

test('What could not be rendered is looked for again after the next change', async () => {
  const { looked, report, flows } = room();
  report.failed = 1;
  await flows(say('hola'));
  await later();
  report.failed = 0;
  const before = looked.length;
  await flows(say('hola'));
  assert.equal(looked[before], 'hola');
});

test('Of changes in a row only the last one looks for pieces', async () => {
  const { looked, flows } = room();
  await Promise.all([flows(say('uno')), flows(say('dos')), flows(say('tres'))]);
  await later();
  assert.deepEqual(looked, ['uno', 'dos', 'tres', 'cero', '']);
});

test('What is gone is looked for again, all of it, and not before five minutes have passed', async () => {
  const { looked, flows, clock, again } = room();
  again();
  assert.deepEqual(looked, [], 'nothing is known yet');
  const first = flows([...say('hola'), piece]);
  again();
  await first;
  await later();
  again();
  assert.equal(looked.length, 3, 'it is being made, or has just been');
  clock.advance(300_000);
  again();
  again();
  await later();
  assert.deepEqual(looked.slice(3), ['hola', 'cero', 'veintiún']);
});
