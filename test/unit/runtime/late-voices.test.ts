import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { PromptRenderer, Spoken } from '../../../src/runtime/ports/index.ts';
import { exampleConfiguration, settled, TestFloor } from '../../support/floor.ts';
import { textPrompts } from '../../support/text-prompts.ts';

const DOCUMENT = {
  name: 'Saludo',
  languages: ['es-MX'],
  start: 'bienvenida',
  nodes: {
    bienvenida: { type: 'play', prompts: [{ es: 'Bienvenido.' }], next: 'quien' },
    quien: { type: 'identify', next: 'saludo' },
    saludo: {
      type: 'play',
      prompts: [{ es: 'Hola, {name}.' }, { es: 'Díganos.' }],
      next: 'fin',
    },
    fin: { type: 'hangup' },
  },
};

/** A house whose voice says "Hola," of a greeting at once, and the name when the test says so. */
async function open() {
  const prepared: string[] = [];
  let rest = (): Spoken => ({ files: ['sin nombre'] });
  const prompts: PromptRenderer = {
    ...textPrompts,
    prepare: (utterances) => void prepared.push(...utterances.map(({ text }) => text)),
    speak: async ({ text, parts }): Promise<Spoken> =>
      parts ? { files: ['Hola,'], rest: () => rest() } : { files: [text] },
  };
  const floor = new TestFloor(undefined, { prompts });
  const { flows, ...others } = exampleConfiguration();
  floor.configuration = {
    ...others,
    flows: flows.map((flow) => (flow.id === 'principal' ? { ...flow, document: DOCUMENT } : flow)),
  };
  assert.deepEqual(await floor.center.reload(), []);
  const leg = await floor.call('c1', '+525555550001');
  assert.deepEqual(leg.played, ['Bienvenido.']);
  const made = (files: readonly string[], then?: readonly string[]): void => {
    rest = () => ({ files, ...(then ? { rest: () => ({ files: then }) } : {}) });
  };
  return { floor, leg, prepared, made };
}

describe('a sentence that no voice has made yet', () => {
  it('is made from the moment on that it is known who calls, before the flow asks', async () => {
    const { prepared } = await open();
    assert.deepEqual(prepared, ['Hola, Ana García.']);
  });

  it('begins at once, goes on with what was made meanwhile, and with what stands behind it', async () => {
    const { floor, leg, made } = await open();
    await floor.playOut(leg);
    assert.deepEqual(leg.played.slice(1), ['Hola,']);
    made(['Ana García.']);
    await floor.playOut(leg);
    assert.deepEqual(leg.played.slice(2), ['Ana García.', 'Díganos.']);
    assert.equal(leg.hungUp, false);
    await floor.playOut(leg);
    assert.equal(leg.hungUp, true);
  });

  it('is followed by as many stretches as it comes in, and by what stands behind it', async () => {
    const { floor, leg, made } = await open();
    await floor.playOut(leg);
    made(['Un momento más.'], ['Ana García.']);
    await floor.playOut(leg);
    assert.deepEqual(leg.played.slice(2), ['Un momento más.']);
    await floor.playOut(leg);
    assert.deepEqual(leg.played.slice(3), ['Ana García.', 'Díganos.']);
  });

  it('goes on without what cannot be had', async () => {
    const { floor, leg, made } = await open();
    await floor.playOut(leg);
    made([]);
    await floor.playOut(leg);
    assert.deepEqual(leg.played.slice(2), ['Díganos.']);
  });

  it('is over when a key stops it, whatever is made afterwards', async () => {
    const { floor, leg } = await open();
    await floor.playOut(leg);
    floor.center.digit(leg.callId, '1');
    await settled();
    assert.deepEqual(leg.played.slice(1), ['Hola,']);
    assert.equal(leg.hungUp, true);
    assert.deepEqual(floor.broken, []);
  });
});
