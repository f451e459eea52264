import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { FlowStep } from '../../../src/ivr/flow.ts';
import type { FlowEvent } from '../../../src/ivr/vocabulary.ts';
import {
  after,
  deeds,
  digit,
  flowOf,
  played,
  problemsOf,
  STRANGER,
  say,
  startFlow,
  stepFlow,
  texts,
  timeout,
} from './flows.ts';

const question = {
  type: 'speech',
  prompts: [say('¿En qué puedo ayudarle?')],
  noInput: [say('No le oigo')],
  noMatch: [say('No le entiendo')],
  choices: [
    {
      key: 1,
      name: { es: 'ventas', en: 'sales' },
      phrases: { es: ['ventas', 'comprar'], en: ['sales'] },
      set: { intent: 'ventas' },
      next: 'cola',
    },
    {
      key: 2,
      phrases: { es: ['facturación', 'factura'], en: ['billing'] },
      set: { intent: 'factura' },
      next: 'adios',
    },
    { phrases: { es: ['inglés'], en: ['English'] }, set: { language: 'en' }, next: 'adios' },
  ],
  failed: 'adios',
};
const around = {
  cola: { type: 'queue', queue: 'ventas' },
  adios: { type: 'hangup', prompts: [say('Adiós')] },
};
const flow = flowOf({ pregunta: question, ...around });
const asking = startFlow(flow, STRANGER);

const KEYS = ['Para ventas, marque uno.', 'Para facturación, marque dos.'];
const CONFIRM = '¿Dijo facturación? Diga sí o no, o marque uno para sí o dos para no.';

const speaking: FlowEvent = { type: 'speaking' };
const heard = (text: string, confidence = 1): FlowEvent => ({
  type: 'heard',
  alternatives: [{ text, confidence }],
});
const notHeard = (why: 'silence' | 'failed' | 'unavailable'): FlowEvent => ({
  type: 'notHeard',
  why,
});
const notesOf = (step: FlowStep, event: string): unknown[] =>
  step.effects.flatMap((effect) =>
    effect.type === 'note' && effect.event === event ? [effect.data] : [],
  );

describe('speech', () => {
  it('listens while it asks, in the words of its phrases and of its keys', () => {
    assert.deepEqual(deeds(asking), ['play', 'listen']);
    const listen = asking.effects.find((effect) => effect.type === 'listen');
    assert.ok(listen?.type === 'listen');
    for (const word of ['ventas', 'facturación', 'uno', 'por favor']) {
      assert.ok(listen.hints.includes(word), word);
    }
    assert.equal(listen.endSilenceMs, 800);
  });

  it('stops the prompt when the caller begins to speak, and takes what it is sure of', () => {
    const step = stepFlow(flow, asking.state, speaking);
    assert.deepEqual(deeds(step), ['stop']);
    const taken = stepFlow(flow, step.state, heard('eh, quería comprar'));
    assert.equal(taken.state.node, 'cola');
    assert.equal(taken.state.context.intent, 'ventas');
    assert.deepEqual(notesOf(taken, 'flow.choice'), [
      { node: 'pregunta', confidence: 1, choice: 0, next: 'cola' },
    ]);
  });

  it('keeps the transcript apart from what the history may always hold', () => {
    const taken = stepFlow(flow, asking.state, heard('ventas', 0.91));
    assert.deepEqual(notesOf(taken, 'flow.heard'), [
      { node: 'pregunta', confidence: 0.91, choice: 0, pii: { transcript: 'ventas' } },
    ]);
  });

  it('takes a key at any moment', () => {
    assert.equal(stepFlow(flow, asking.state, digit('1')).state.node, 'cola');
    const during = after(flow, asking, speaking, digit('2'));
    assert.deepEqual(texts(during), ['Adiós']);
    assert.deepEqual(deeds(during), ['stopListening', 'play']);
    const ahead = flowOf({
      saludo: { type: 'play', prompts: [say('Hola')], next: 'pregunta' },
      pregunta: question,
      ...around,
    });
    const typed = stepFlow(ahead, startFlow(ahead, STRANGER).state, digit('1'));
    assert.equal(typed.state.node, 'cola');
  });

  it('asks back what it is not so sure of: yes, no, or a key', () => {
    const step = after(flow, asking, speaking, heard('factura', 0.6));
    assert.deepEqual(texts(step), [CONFIRM]);
    assert.deepEqual(deeds(step), ['play', 'listen']);
    for (const yes of [
      heard('sí'),
      heard('eso es'),
      heard('correcto'),
      digit('1'),
      heard('facturación'),
    ]) {
      assert.deepEqual(texts(stepFlow(flow, step.state, yes)), ['Adiós']);
    }
    for (const no of [heard('no'), heard('incorrecto'), digit('2')]) {
      const again = stepFlow(flow, step.state, no);
      assert.deepEqual(texts(again), ['¿En qué puedo ayudarle?']);
      // What the caller has said no to is not asked back again.
      assert.deepEqual(texts(after(flow, again, heard('factura', 0.6))).slice(1), KEYS);
    }
    assert.equal(stepFlow(flow, step.state, heard('no, ventas')).state.node, 'cola');
  });

  it('takes what was asked back for nothing when it is denied and named in one breath', () => {
    const step = after(flow, asking, speaking, heard('factura', 0.6));
    const again = stepFlow(flow, step.state, heard('no, facturación'));
    assert.deepEqual(texts(again), ['No le entiendo', '¿En qué puedo ayudarle?']);
    // It was not turned down either.
    assert.deepEqual(texts(after(flow, again, speaking, heard('factura', 0.6))), [CONFIRM]);
  });

  it('asks again once, and then for keys only, saying which', () => {
    const once = after(flow, asking, speaking, heard('el perro'));
    assert.deepEqual(texts(once), ['No le entiendo', '¿En qué puedo ayudarle?']);
    const twice = stepFlow(flow, once.state, heard('el gato'));
    assert.deepEqual(texts(twice), ['No le entiendo', ...KEYS]);
    assert.deepEqual(deeds(twice), ['stop', 'play']);
    assert.equal(stepFlow(flow, twice.state, digit('1')).state.node, 'cola');
  });

  it('gives up when no key comes either', () => {
    let step = after(flow, asking, heard('x'), heard('y'));
    for (const expected of [['No le oigo', ...KEYS], ['No le oigo', ...KEYS], ['Adiós']]) {
      step = stepFlow(flow, step.state, played);
      step = stepFlow(flow, step.state, timeout(step));
      assert.deepEqual(texts(step), expected);
    }
  });

  it('counts silence: the time that runs from the end of the prompt', () => {
    const waiting = stepFlow(flow, asking.state, played);
    assert.deepEqual(deeds(waiting), []);
    assert.deepEqual(waiting.effects.at(-1), {
      type: 'timer',
      id: waiting.state.timerId,
      delayMs: 5_000,
    });
    const silent = stepFlow(flow, waiting.state, timeout(waiting));
    assert.deepEqual(texts(silent), ['No le oigo', '¿En qué puedo ayudarle?']);
    assert.deepEqual(deeds(silent), ['stopListening', 'play', 'listen']);
  });

  it('waits no longer for silence once the caller speaks', () => {
    const waiting = stepFlow(flow, asking.state, played);
    const step = stepFlow(flow, waiting.state, speaking);
    assert.deepEqual(stepFlow(flow, step.state, timeout(waiting)).effects, []);
    // A recogniser that then says nothing for ever is given up.
    assert.deepEqual(texts(stepFlow(flow, step.state, timeout(step)))[0], 'No le oigo');
  });

  it('goes over to keys at once when nobody can listen', () => {
    for (const why of ['unavailable', 'failed'] as const) {
      const step = stepFlow(flow, asking.state, notHeard(why));
      assert.deepEqual(texts(step), KEYS);
      assert.deepEqual(notesOf(step, 'flow.speechUnavailable'), [{ node: 'pregunta', why }]);
    }
    const silence = stepFlow(flow, asking.state, notHeard('silence'));
    assert.deepEqual(texts(silence), ['No le oigo', '¿En qué puedo ayudarle?']);
  });

  it('still takes yes and no by keys when nobody can listen any more', () => {
    const step = after(flow, asking, heard('factura', 0.6), notHeard('failed'), played);
    const deaf = stepFlow(flow, step.state, notHeard('unavailable'));
    assert.deepEqual(texts(stepFlow(flow, deaf.state, digit('1'))), ['Adiós']);
  });

  it('listens after the prompt only, where barge-in by voice is not wanted', () => {
    const patient = flowOf({ pregunta: { ...question, bargeIn: false }, ...around });
    const step = startFlow(patient, STRANGER);
    assert.deepEqual(deeds(step), ['play']);
    assert.deepEqual(stepFlow(patient, step.state, speaking).effects, []);
    assert.deepEqual(deeds(stepFlow(patient, step.state, played)), ['listen']);
  });

  it('lets the language be chosen by voice', () => {
    const step = stepFlow(flow, asking.state, heard('inglés'));
    assert.equal(step.state.context.language, 'en');
    assert.deepEqual(texts(step), ['Adiós (en)']);
  });

  it('ignores what was heard by somebody who is not listening any more', () => {
    const gone = stepFlow(flow, asking.state, digit('1'));
    for (const late of [speaking, heard('factura'), notHeard('failed')]) {
      assert.deepEqual(stepFlow(flow, gone.state, late).effects, []);
    }
  });
});

describe('the checker on speech', () => {
  const withChoices = (choices: readonly object[], extra: object = {}) =>
    problemsOf({ pregunta: { ...question, choices, ...extra }, ...around });
  const [ventas, factura] = question.choices;

  it('finds nothing wrong with a good one', () => {
    assert.deepEqual(problemsOf({ pregunta: question, ...around }), []);
  });

  it('finds intents that collide', () => {
    const facturas = { key: 3, phrases: { es: ['las facturas'], en: ['invoice'] }, next: 'cola' };
    assert.deepEqual(withChoices([ventas as object, factura as object, facturas]), [
      'nodes.pregunta.choices[2].phrases: "las facturas" cannot be told from "facturación" of choices[1]',
    ]);
  });

  it('finds phrases that are missing in a language, and questions without any key', () => {
    const choices = [{ phrases: { es: ['ventas'] }, next: 'cola' }];
    assert.deepEqual(withChoices(choices), [
      'nodes.pregunta.choices[0].phrases: has no phrases in en',
      'nodes.pregunta.choices: none has a key: a caller who is not understood could choose nothing',
    ]);
  });

  it('finds thresholds and confirmations that cannot work', () => {
    const problems = withChoices([ventas as object], {
      confidence: { take: 0.3, confirm: 0.6 },
      confirm: say('¿Seguro?'),
    });
    assert.equal(problems.length, 2);
  });
});
