import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CompiledFlow, FlowStep } from '../../../src/ivr/flow.ts';
import type { FlowEvent } from '../../../src/ivr/vocabulary.ts';
import { flowOf, MONDAY, problemsOf, STRANGER, say, startFlow, stepFlow } from './flows.ts';

/** Plays events one after the other; what each led to. */
function play(flow: CompiledFlow, events: readonly FlowEvent[], context = STRANGER): FlowStep[] {
  let step = startFlow(flow, context);
  const steps = [step];
  for (const event of events) {
    step = stepFlow(flow, step.state, event);
    steps.push(step);
  }
  return steps;
}
const effects = (step: FlowStep | undefined) =>
  (step?.effects ?? []).filter(({ type }) => !['note', 'timer', 'cancelTimer'].includes(type));
const typesOf = (step: FlowStep | undefined) => effects(step).map(({ type }) => type);
const digit = (key: string): FlowEvent => ({ type: 'digit', digit: key });
const PLAYED: FlowEvent = { type: 'played' };

const QUEUE = {
  cola: {
    type: 'queue',
    queue: 'ventas',
    onKey: { 1: 'devolucion', 2: 'buzon' },
    keyPrompts: [say('Para que le llamemos, pulse uno.')],
    afterCall: 'encuesta',
  },
  devolucion: { type: 'callback', queue: 'ventas', failed: 'cola' },
  buzon: { type: 'voicemail', queue: 'ventas' },
  encuesta: {
    type: 'survey',
    questions: [
      { name: 'trato', prompts: [say('¿Qué tal?')] },
      { name: 'solucion', prompts: [say('¿Resuelto?')] },
    ],
  },
};

test('a key in the queue leads to its node; the queue hears which keys there are', () => {
  const steps = play(flowOf(QUEUE), [digit('7'), digit('1')]);
  const [enqueue] = effects(steps[0]);
  assert.equal(enqueue?.type, 'enqueue');
  assert.ok(enqueue?.type === 'enqueue' && enqueue.goesOnAfterwards);
  assert.ok(enqueue?.type === 'enqueue' && enqueue.alsoSaid?.[0]?.kind === 'text');
  assert.deepEqual(typesOf(steps[1]), [], 'another key is nothing');
  assert.deepEqual(typesOf(steps[2]), ['elsewhere', 'play']);
  assert.equal(steps[2]?.state.node, 'devolucion');
  assert.ok(steps[2]?.state.waitsBy, 'the call waits on');
});

test('an agent comes while the caller is elsewhere: the flow is quiet and in its queue node again', () => {
  const steps = play(flowOf(QUEUE), [digit('1'), { type: 'connected' }, digit('1')]);
  assert.deepEqual(typesOf(steps[2]), ['stop']);
  assert.equal(steps[2]?.state.node, 'cola');
  assert.deepEqual(typesOf(steps[3]), [], 'keys pressed while talking are nothing');
});

test('an agent comes while the caller types a secret: what they say then is none', () => {
  const nodes = {
    cola: { type: 'queue', queue: 'ventas', onKey: { 1: 'tarjeta' } },
    tarjeta: {
      ...{ type: 'collect', variable: 'tarjeta', secret: true, maxDigits: 16 },
      ...{ prompts: [say('Su tarjeta.')], next: 'cola', failed: 'cola' },
    },
  };
  const steps = play(flowOf(nodes), [digit('1'), digit('4'), { type: 'connected' }]);
  const secrets = steps.map((step) =>
    step.effects.flatMap((effect) => (effect.type === 'secret' ? [effect.on] : [])),
  );
  assert.deepEqual(secrets, [[], [true], [], [false]]);
});

test('returned: waits again; when the agent has hung up at last, the survey', () => {
  const events: FlowEvent[] = [
    { type: 'connected' },
    { type: 'returned' },
    { type: 'connected' },
    { type: 'agentLeft' },
  ];
  const steps = play(flowOf(QUEUE), events);
  assert.equal(steps.at(-1)?.state.node, 'encuesta');
  assert.deepEqual(typesOf(steps.at(-1)), ['play']);
  assert.equal(steps.at(-1)?.state.waitsBy, null);
});

test('without afterCall nothing goes on after the agent', () => {
  const [enqueue] = effects(play(flowOf({ cola: { type: 'queue', queue: 'ventas' } }), [])[0]);
  assert.ok(enqueue?.type === 'enqueue' && !enqueue.goesOnAfterwards);
});

test('survey: an answer each, then thanks, then the end; another key or silence asks once more', () => {
  const flow = flowOf({ encuesta: QUEUE.encuesta });
  const steps = play(flow, [PLAYED, digit('5'), digit('9'), digit('3'), PLAYED]);
  assert.deepEqual(typesOf(steps[2]), ['surveyAnswer', 'play']);
  assert.deepEqual(effects(steps[2])[0], { type: 'surveyAnswer', question: 'trato', score: 5 });
  assert.deepEqual(typesOf(steps[3]), ['stop', 'play'], 'once more');
  assert.deepEqual(effects(steps[4])[1], { type: 'surveyAnswer', question: 'solucion', score: 3 });
  assert.deepEqual(typesOf(steps[5]), ['hangup']);
});

test('survey: who says nothing twice is asked the next question, and ends by thanks', () => {
  const flow = flowOf({ encuesta: QUEUE.encuesta });
  let step = startFlow(flow, STRANGER);
  for (let i = 0; i < 4; i++) {
    step = stepFlow(flow, step.state, PLAYED);
    step = stepFlow(flow, step.state, { type: 'timeout', id: step.state.timerId });
  }
  step = stepFlow(flow, step.state, PLAYED);
  assert.ok(step.state.over);
  assert.deepEqual(
    problemsOf({
      e: {
        ...QUEUE.encuesta,
        questions: [QUEUE.encuesta.questions[0], QUEUE.encuesta.questions[0]],
      },
    }).length,
    1,
  );
});

test('callback: the own number by 1, and what becomes of it is said', () => {
  const flow = flowOf({
    d: { type: 'callback', queue: 'ventas', failed: 'adios' },
    adios: { type: 'hangup' },
  });
  const steps = play(flow, [PLAYED, digit('1'), { type: 'callbackMade' }, PLAYED]);
  assert.deepEqual(effects(steps[2]).at(-1), { type: 'callback', queueId: 'ventas' });
  assert.deepEqual(typesOf(steps[3]), ['play']);
  assert.deepEqual(typesOf(steps[4]), ['hangup']);
});

test('callback: another number by keys; one that may not be called is asked for again, then given up', () => {
  const flow = flowOf({
    d: { type: 'callback', queue: 'ventas', retries: 1, failed: 'adios' },
    adios: { type: 'hangup' },
  });
  const typing = [digit('2'), ...'5555512345#'].map((key) =>
    typeof key === 'string' ? digit(key) : key,
  );
  const steps = play(flow, [...typing, { type: 'callbackRefused', why: 'notAllowed' }]);
  assert.deepEqual(effects(steps.at(-2)).at(-1), {
    type: 'callback',
    queueId: 'ventas',
    number: '5555512345',
  });
  assert.deepEqual(typesOf(steps.at(-1)), ['play'], 'asked again');
  const given = play(flow, [
    ...typing,
    { type: 'callbackRefused', why: 'number' },
    ...[...'12#'].map(digit),
    { type: 'callbackRefused', why: 'number' },
  ]);
  assert.equal(given.at(-1)?.state.node, 'adios');
});

test('callback: an anonymous caller types a number at once; times are offered by key', () => {
  const flow = flowOf({
    d: {
      type: 'callback',
      queue: 'ventas',
      failed: 'adios',
      times: [
        { key: '1', afterMinutes: 0 },
        { key: '2', afterMinutes: 120 },
      ],
      askTime: [say('¿Cuándo?')],
    },
    adios: { type: 'hangup' },
  });
  const { ani: _, ...anonymous } = STRANGER;
  const steps = play(flow, [...[...'5555512345#'].map(digit), digit('2')], anonymous);
  assert.deepEqual(effects(steps.at(-1)).at(-1), {
    type: 'callback',
    queueId: 'ventas',
    number: '5555512345',
    at: MONDAY.now + 7_200_000,
  });
});

test('callback: silence asks again, and then goes to failed', () => {
  const flow = flowOf({
    d: { type: 'callback', queue: 'ventas', retries: 1, failed: 'adios' },
    adios: { type: 'hangup' },
  });
  let step = startFlow(flow, STRANGER);
  for (let i = 0; i < 2; i++) {
    step = stepFlow(flow, step.state, PLAYED);
    step = stepFlow(flow, step.state, { type: 'timeout', id: step.state.timerId });
  }
  assert.equal(step.state.node, 'adios');
});

test('voicemail: beep and record; 3 listens, 2 records again, 1 keeps it', () => {
  const flow = flowOf({ buzon: QUEUE.buzon });
  const recorded: FlowEvent = { type: 'recorded', recordingId: 'r', durationMs: 5_000, why: 'key' };
  const steps = play(flow, [
    PLAYED,
    recorded,
    digit('3'),
    PLAYED,
    digit('2'),
    recorded,
    digit('1'),
    PLAYED,
  ]);
  assert.deepEqual(effects(steps[1])[0], {
    type: 'record',
    maxMs: 120_000,
    silenceMs: 5_000,
    beep: true,
    about: { kind: 'voicemail', minMs: '1000', queueId: 'ventas' },
  });
  assert.deepEqual(typesOf(steps[3]), ['stop', 'playMessage']);
  assert.deepEqual(typesOf(steps[5]), ['stop', 'discardMessage', 'record']);
  assert.deepEqual(typesOf(steps[7]), ['stop', 'play']);
  assert.deepEqual(typesOf(steps[8]), ['hangup']);
});

test('voicemail: too short is asked for once more; a full disk is said', () => {
  const flow = flowOf({ buzon: QUEUE.buzon });
  const short: FlowEvent = { type: 'recorded', recordingId: 'r', durationMs: 300, why: 'key' };
  const steps = play(flow, [PLAYED, short, PLAYED, short, PLAYED]);
  assert.deepEqual(typesOf(steps[2]), ['play']);
  assert.deepEqual(typesOf(steps[5]), ['hangup']);
  const silent: FlowEvent = { ...short, durationMs: 5_000, soundMs: 40, why: 'silence' };
  const quiet = play(flow, [PLAYED, silent, PLAYED, silent, PLAYED]);
  assert.deepEqual(typesOf(quiet[2]), ['play'], 'silence is no message');
  assert.deepEqual(typesOf(quiet[5]), ['hangup']);
  const broken: FlowEvent = { type: 'recorded', recordingId: 'r', durationMs: 0, why: 'failed' };
  const failed = play(flow, [PLAYED, broken]);
  const [apology] = effects(failed.at(-1));
  assert.match(JSON.stringify(apology), /no hemos podido grabar/);
});

test('voicemail: whoever records again and is late to speak is asked once more', () => {
  const flow = flowOf({ buzon: QUEUE.buzon });
  const good: FlowEvent = { type: 'recorded', recordingId: 'r', durationMs: 5_000, why: 'key' };
  const silent: FlowEvent = { ...good, soundMs: 0, why: 'silence' };
  const steps = play(flow, [PLAYED, good, digit('2'), silent, PLAYED, good, digit('1'), PLAYED]);
  assert.deepEqual(typesOf(steps[4]), ['play']);
  assert.deepEqual(typesOf(steps[5]), ['record']);
  assert.match(JSON.stringify(effects(steps[7])), /Su mensaje está grabado/);
});

test('voicemail: the last take can be listened to, and is kept instead of being recorded again', () => {
  const flow = flowOf({ buzon: QUEUE.buzon });
  const good: FlowEvent = { type: 'recorded', recordingId: 'r', durationMs: 5_000, why: 'key' };
  const takes = Array.from({ length: 4 }, () => [good, digit('2')]).flat();
  const steps = play(flow, [PLAYED, ...takes, good, digit('3'), PLAYED, digit('2')]);
  assert.deepEqual(typesOf(steps.at(-3)), ['stop', 'playMessage']);
  assert.match(JSON.stringify(effects(steps.at(-1))), /Su mensaje está grabado/);
});

test('transfer: dialled after its prompts; each failure has its way out', () => {
  const flow = flowOf({
    pasar: {
      type: 'transfer',
      to: { number: '{variables.oficina}' },
      prompts: [say('Le paso.')],
      busy: 'ocupado',
      noAnswer: 'nadie',
      failed: 'roto',
    },
    ocupado: { type: 'hangup' },
    nadie: { type: 'play', prompts: [say('Nadie.')], next: 'ocupado' },
    roto: { type: 'play', prompts: [say('Roto.')], next: 'ocupado' },
  });
  const context = { ...STRANGER, variables: { oficina: '+525512345678' } };
  const steps = play(flow, [PLAYED, { type: 'transferFailed', why: 'noAnswer' }], context);
  assert.deepEqual(effects(steps[1]), [
    {
      type: 'transfer',
      to: { kind: 'number', number: '+525512345678' },
      ringMs: 25_000,
      asks: true,
    },
  ]);
  assert.equal(steps[2]?.state.node, 'nadie');
  const nobody = play(flow, [PLAYED]);
  assert.equal(nobody.at(-1)?.state.node, 'roto', 'a variable that is not set');
  const refused = play(flow, [PLAYED, { type: 'transferFailed', why: 'notAllowed' }], context);
  assert.equal(refused.at(-1)?.state.node, 'roto');
  const exits = { busy: 'fin', noAnswer: 'fin', failed: 'fin' };
  const switchboard = {
    type: 'transfer',
    to: { number: '+525512345678' },
    accept: false,
    ...exits,
  };
  const [first] = play(flowOf({ pasar: switchboard, fin: { type: 'hangup' } }), []);
  const [effect] = effects(first);
  assert.equal(effect?.type === 'transfer' && effect.asks, false, 'it presses no keys');
});

test('transfer to a queue waits there, and circles of transfers are refused', () => {
  const flow = flowOf({
    pasar: {
      type: 'transfer',
      to: { queue: 'soporte', priority: 8 },
      busy: 'fin',
      noAnswer: 'fin',
      failed: 'fin',
    },
    fin: { type: 'hangup' },
  });
  const steps = play(flow, [{ type: 'queueLeft', why: 'timeout' }]);
  assert.equal(effects(steps[0])[0]?.type, 'enqueue');
  assert.equal(steps[1]?.state.over, true);
  const circle = problemsOf({
    a: { type: 'transfer', to: { extension: '1001' }, busy: 'b', noAnswer: 'fin', failed: 'fin' },
    b: { type: 'transfer', to: { extension: '1002' }, busy: 'a', noAnswer: 'fin', failed: 'fin' },
    fin: { type: 'hangup' },
  });
  assert.match(circle.join('\n'), /circle/);
});
