import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  after,
  deeds,
  digit,
  flowOf,
  played,
  STRANGER,
  say,
  startFlow,
  stepFlow,
  texts,
  timeout,
} from './flows.ts';

const flow = flowOf({
  saludo: { type: 'play', prompts: [say('Hola')], next: 'menu' },
  menu: {
    type: 'menu',
    prompts: [say('Marque uno')],
    noInput: [say('No oigo nada')],
    noMatch: [say('Eso no')],
    timeoutSeconds: 4,
    retries: 1,
    choices: [
      { key: 1, set: { intent: 'ventas', variables: { origen: 'menu' } }, next: 'cola' },
      { key: '#', set: { language: 'en' }, next: 'submenu' },
    ],
    failed: 'adios',
  },
  submenu: {
    type: 'menu',
    prompts: [say('Otra')],
    choices: [{ key: '2', next: 'cola' }],
    failed: 'adios',
  },
  cola: { type: 'queue', queue: 'ventas' },
  adios: { type: 'hangup', prompts: [say('Adiós')] },
});
const inGreeting = startFlow(flow, STRANGER);
const inMenu = stepFlow(flow, inGreeting.state, played);

describe('menu', () => {
  it('plays its prompts, then waits for as long as it says', () => {
    assert.deepEqual(texts(inMenu), ['Marque uno']);
    const waiting = stepFlow(flow, inMenu.state, played);
    assert.deepEqual(waiting.effects.at(-1), {
      type: 'timer',
      id: waiting.state.timerId,
      delayMs: 4_000,
    });
  });

  it('stops its prompt at a key (barge-in) and sets what the choice teaches', () => {
    const step = stepFlow(flow, inMenu.state, digit('1'));
    assert.equal(step.effects[0]?.type, 'stop');
    assert.deepEqual(deeds(step), ['stop', 'enqueue']);
    assert.equal(step.state.context.intent, 'ventas');
    assert.deepEqual(step.state.context.variables, { origen: 'menu' });
  });

  it('takes a key while it waits, and lets the timer go', () => {
    const step = after(flow, inMenu, played, digit('1'));
    assert.deepEqual(deeds(step), ['enqueue']);
    assert.ok(step.effects.some((effect) => effect.type === 'cancelTimer'));
  });

  it('changes the language for the rest of the call', () => {
    const step = stepFlow(flow, inMenu.state, digit('#'));
    assert.deepEqual(texts(step), ['Otra (en)']);
    assert.equal(step.state.context.language, 'en');
  });

  it('says so when nothing or nonsense comes, and asks again', () => {
    const waiting = stepFlow(flow, inMenu.state, played);
    assert.deepEqual(texts(after(flow, waiting, timeout(waiting))), ['No oigo nada', 'Marque uno']);
    assert.deepEqual(texts(stepFlow(flow, inMenu.state, digit('9'))), ['Eso no', 'Marque uno']);
  });

  it('gives up after the last retry, whatever the failures were', () => {
    const wrong = stepFlow(flow, inMenu.state, digit('9'));
    const waiting = stepFlow(flow, wrong.state, played);
    const step = stepFlow(flow, waiting.state, timeout(waiting));
    assert.equal(step.state.node, 'adios');
    assert.deepEqual(texts(step), ['Adiós']);
  });

  it('takes keys that were pressed before it began (type-ahead), across several menus', () => {
    const one = stepFlow(flow, inGreeting.state, digit('1'));
    assert.deepEqual(deeds(one), ['stop', 'enqueue']);
    const two = after(flow, inGreeting, digit('#'), digit('2'));
    assert.deepEqual(deeds(two), ['stop', 'enqueue']);
    assert.equal(two.state.node, 'cola');
  });

  it('notes node, choice and failure for the history, without what was typed elsewhere', () => {
    const notes = stepFlow(flow, inMenu.state, digit('1')).effects.filter(
      (effect) => effect.type === 'note',
    );
    assert.deepEqual(notes[0], {
      type: 'note',
      event: 'flow.choice',
      data: { node: 'menu', key: '1', next: 'cola' },
    });
    assert.deepEqual(notes[1]?.data, { node: 'cola', type: 'queue' });
  });
});

describe('type-ahead', () => {
  const notice = flowOf({
    aviso: { type: 'play', prompts: [say('Se graba')], bargeIn: false, next: 'menu' },
    menu: {
      type: 'menu',
      prompts: [say('Marque')],
      noMatch: [say('Eso no')],
      choices: [{ key: '1', next: 'adios' }],
      failed: 'adios',
    },
    adios: { type: 'hangup' },
  });

  it('waits for the end of a prompt that must be heard', () => {
    const during = stepFlow(notice, startFlow(notice, STRANGER).state, digit('1'));
    assert.deepEqual(deeds(during), []);
    assert.deepEqual(deeds(stepFlow(notice, during.state, played)), ['hangup']);
  });

  it('is forgotten after a wrong key', () => {
    const during = after(notice, startFlow(notice, STRANGER), digit('7'), digit('1'));
    const step = stepFlow(notice, during.state, played);
    assert.deepEqual(texts(step), ['Eso no', 'Marque']);
    assert.equal(step.state.keys, '');
  });

  it('keeps no more than a bounded number of keys', () => {
    const flood = after(notice, startFlow(notice, STRANGER), ...Array(500).fill(digit('5')));
    assert.equal(flood.state.keys.length, 32);
  });
});
