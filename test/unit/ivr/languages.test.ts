import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { identify } from '../../../src/callers/callers.ts';
import { parseFlow } from '../../../src/ivr/flow.ts';
import { contactId } from '../../../src/model/ids.ts';
import {
  after,
  digit,
  documentOf,
  flowOf,
  KNOWN,
  played,
  STRANGER,
  say,
  startFlow,
  stepFlow,
  texts,
} from './flows.ts';

const spaniard = {
  id: contactId('ana'),
  name: 'Ana',
  status: 'customer',
  language: 'es-ES',
} as const;
const choosing = {
  type: 'menu',
  prompts: [say('Idioma')],
  choices: [{ key: '2', set: { language: 'en' }, next: 'quien' }],
  failed: 'cola',
};

describe('the language of a call', () => {
  it('that was chosen by key stays, whoever the caller turns out to be', () => {
    const flow = flowOf({
      menu: choosing,
      quien: { type: 'identify', next: 'saludo' },
      saludo: { type: 'play', prompts: [say('Hola')], next: 'cola' },
      cola: { type: 'queue', queue: 'ventas' },
    });
    const asked = after(flow, startFlow(flow, STRANGER), digit('2'));
    const context = identify(asked.state.context, spaniard);
    const known = stepFlow(flow, asked.state, { type: 'identified', context });
    assert.deepEqual(texts(known), ['Hola (en)']);
    const queued = stepFlow(flow, known.state, played);
    assert.equal(queued.state.context.language, 'en');
    const full = stepFlow(flow, queued.state, { type: 'queueLeft', why: 'full' });
    assert.match(texts(full)[0] ?? '', /^We cannot take your call/);
  });

  it("that nobody chose is the contact's, in the nearest one that the flow speaks", () => {
    const flow = flowOf({
      quien: { type: 'identify', next: 'fin' },
      fin: { type: 'hangup', prompts: [say('Adiós')] },
    });
    const start = startFlow(flow, { ...STRANGER, language: 'en' });
    const context = identify(start.state.context, spaniard);
    const known = stepFlow(flow, start.state, { type: 'identified', context });
    assert.equal(known.state.context.language, 'es-MX');
    assert.deepEqual(texts(known), ['Adiós']);
  });

  it('is one of every flow that the call can go into', () => {
    const solo = {
      ...(documentOf({ r: { type: 'return' } }) as object),
      languages: ['es-MX'],
    };
    const main = documentOf({
      dentro: { type: 'subflow', flow: 'solo', next: 'cola' },
      cola: { type: 'queue', queue: 'ventas' },
    });
    const parsed = parseFlow(main, { ...KNOWN, flows: [{ id: 'solo', document: solo }] });
    assert.deepEqual(parsed.ok ? [] : parsed.error, [
      'nodes.dentro.flow: the flow solo does not speak en',
    ]);
  });
});
