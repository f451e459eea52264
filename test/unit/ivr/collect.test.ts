import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { inspect } from 'node:util';
import { secretsOf } from '../../../src/ivr/secrets.ts';
import {
  after,
  deeds,
  digit,
  flowOf,
  MONDAY,
  played,
  problemsOf,
  STRANGER,
  say,
  startFlow,
  stepFlow,
  texts,
  timeout,
} from './flows.ts';

const END = { type: 'hangup', reason: 'refused' };
const account = {
  type: 'collect',
  prompts: [say('Su cuenta')],
  noInput: [say('No oigo nada')],
  noMatch: [say('Eso no')],
  variable: 'cuenta',
  minDigits: 3,
  maxDigits: 6,
  timeoutSeconds: 8,
  interDigitSeconds: 2,
  wholeSeconds: 10,
  retries: 1,
  next: 'menu',
  failed: 'fin',
};
const menu = {
  type: 'menu',
  prompts: [say('Marque uno')],
  choices: [{ key: 1, next: 'cola' }],
  failed: 'fin',
};
const rest = { menu, cola: { type: 'queue', queue: 'ventas' }, fin: END };
const flowWith = (change: object, first: object = {}) =>
  flowOf({ ...first, cuenta: { ...account, ...change }, ...rest });
const digits = (text: string) => [...text].map((key) => digit(key));
const timers = (step: { effects: readonly { type: string }[] }) =>
  step.effects.flatMap((effect) => ('delayMs' in effect ? [effect.delayMs] : []));

describe('collect', () => {
  const flow = flowWith({});
  const asked = startFlow(flow, STRANGER);

  it('asks, waits for the first digit, and then for each', () => {
    assert.deepEqual(texts(asked), ['Su cuenta']);
    const waiting = stepFlow(flow, asked.state, played);
    assert.deepEqual(timers(waiting), [8_000]);
    const first = stepFlow(flow, waiting.state, digit('4'));
    assert.deepEqual(timers(first), [2_000]);
  });

  it('stops its prompt at the first digit (barge-in)', () => {
    assert.deepEqual(deeds(stepFlow(flow, asked.state, digit('4'))), ['stop']);
  });

  it('is over at the terminator, at the last digit, or when nothing more comes', () => {
    const byKey = after(flow, asked, ...digits('123#'));
    const byCount = after(flow, asked, ...digits('123456'));
    const typing = after(flow, asked, ...digits('1234'));
    const bySilence = stepFlow(flow, typing.state, timeout(typing));
    const kept = [byKey, byCount, bySilence].map(({ state }) => [
      state.node,
      state.context.variables.cuenta,
    ]);
    assert.deepEqual(kept, [
      ['menu', '123'],
      ['menu', '123456'],
      ['menu', '1234'],
    ]);
  });

  it('lets nobody type for longer than the whole time', () => {
    let step = stepFlow(flow, asked.state, digit('1'));
    const late = { ...MONDAY, now: MONDAY.now + 9_500 };
    step = stepFlow(flow, step.state, digit('2'), late);
    assert.deepEqual(timers(step), [500]);
  });

  it('forgets what was typed at a star, unless the star is the terminator', () => {
    const corrected = after(flow, asked, ...digits('99*123#'));
    assert.equal(corrected.state.context.variables.cuenta, '123');
    const starred = flowWith({ terminator: '*' });
    const step = after(starred, startFlow(starred, STRANGER), ...digits('123*'));
    assert.equal(step.state.context.variables.cuenta, '123');
  });

  it('says so when nothing, too little or nonsense comes, asks again, and gives up', () => {
    const waiting = stepFlow(flow, asked.state, played);
    const silent = stepFlow(flow, waiting.state, timeout(waiting));
    assert.deepEqual(texts(silent), ['No oigo nada', 'Su cuenta']);
    const short = after(flow, asked, ...digits('12#'));
    assert.deepEqual(texts(short), ['Eso no', 'Su cuenta']);
    assert.equal(after(flow, short, ...digits('12#')).state.node, 'fin');
  });

  it('is answered by keys typed ahead, whole or in part, and leaves the next node its own', () => {
    const ahead = flowWith(
      {},
      { aviso: { type: 'play', prompts: [say('Hola')], bargeIn: false, next: 'cuenta' } },
    );
    const whole = after(ahead, startFlow(ahead, STRANGER), ...digits('1234#1'), played);
    assert.equal(whole.state.node, 'cola');
    assert.equal(whole.state.context.variables.cuenta, '1234');
    const part = after(ahead, startFlow(ahead, STRANGER), ...digits('12'), played);
    assert.deepEqual([part.state.node, texts(part), timers(part).at(-1)], ['cuenta', [], 2_000]);
    assert.equal(after(ahead, part, ...digits('34#')).state.context.variables.cuenta, '1234');
  });

  it('takes only what passes the check and fits a pattern', () => {
    const card = flowWith({
      maxDigits: 16,
      check: 'luhn',
      patterns: ['4xxxxxxxxxxxxxxx', '5[1-5]xxxxxxxxxxxxxx'],
    });
    const typed = (text: string) =>
      after(card, startFlow(card, STRANGER), ...digits(text)).state.node;
    assert.equal(typed('4111111111111111'), 'menu');
    assert.equal(typed('5555555555554444'), 'menu');
    assert.equal(typed('4111111111111112'), 'cuenta');
    assert.equal(typed('6011111111111117'), 'cuenta');
  });

  it('lets the caller confirm what they hear', () => {
    const flow = flowWith({ confirm: { prompts: [say('Marcó {variables.cuenta}')] } });
    const heard = after(flow, startFlow(flow, STRANGER), ...digits('123#'));
    assert.deepEqual(texts(heard), ['Marcó 123']);
    assert.equal(stepFlow(flow, heard.state, digit('1')).state.node, 'menu');
    const wrong = stepFlow(flow, heard.state, digit('2'));
    assert.deepEqual([wrong.state.node, texts(wrong)], ['cuenta', ['Eso no', 'Su cuenta']]);
    assert.equal(after(flow, wrong, ...digits('456#1')).state.context.variables.cuenta, '456');
    const ahead = after(flow, startFlow(flow, STRANGER), ...digits('123#'), played);
    assert.equal(stepFlow(flow, ahead.state, timeout(ahead)).state.node, 'cuenta');
  });

  it('notes how many digits came, and not which', () => {
    const effects = after(flow, asked, ...digits('1234#')).effects;
    const note = effects.find(
      (effect) => effect.type === 'note' && effect.event === 'flow.collected',
    );
    assert.deepEqual(note, {
      type: 'note',
      event: 'flow.collected',
      data: { node: 'cuenta', digits: 4 },
    });
  });
});

describe('collect: secret digits', () => {
  const flow = flowWith({ secret: true, variable: 'pin' });
  const asked = startFlow(flow, STRANGER);
  const seen = (value: unknown) =>
    JSON.stringify(value) + inspect(value, { depth: 20, showHidden: true });

  it('are in no state that is written down, no effect, no variable', () => {
    let step = asked;
    const effects = [...step.effects];
    for (const key of digits('73519#')) {
      step = stepFlow(flow, step.state, key);
      effects.push(...step.effects);
      assert.doesNotMatch(seen(step.state), /73/);
    }
    assert.equal(step.state.node, 'menu');
    assert.doesNotMatch(seen(effects), /735|519/);
    assert.deepEqual(step.state.context, asked.state.context);
    assert.doesNotMatch(seen(structuredClone(step.state)), /735|519/);
    assert.equal(secretsOf(step.state.secrets).pin, '73519');
  });

  it('are announced to the shell, and their end too, whichever it is', () => {
    const secret = (step: { effects: readonly { type: string; on?: boolean }[] }) =>
      step.effects.flatMap((effect) => (effect.type === 'secret' ? [effect.on] : []));
    assert.deepEqual(secret(asked), [true]);
    assert.deepEqual(secret(after(flow, asked, ...digits('12#'))), []);
    assert.deepEqual(secret(after(flow, asked, ...digits('12#12#'))), [false]);
    assert.deepEqual(secret(after(flow, asked, ...digits('123#'))), [false]);
  });

  it('are gone when the flow is over', () => {
    const wrong = after(
      flow,
      asked,
      ...digits('123#'),
      ...digits('9'),
      ...digits('9'),
      ...digits('9'),
    );
    assert.ok(wrong.state.over);
    assert.deepEqual(secretsOf(wrong.state.secrets), {});
    assert.equal(wrong.state.keys, '');
  });
});

describe('collect: the checker', () => {
  const problems = (change: object) =>
    problemsOf({ cuenta: { ...account, ...change }, ...rest }).join('\n');

  it('finds what cannot be', () => {
    assert.equal(problems({}), '');
    assert.match(problems({ minDigits: 7 }), /cuenta.minDigits: 7 is more than maxDigits/);
    assert.match(problems({ secret: true, confirm: { prompts: [say('a')] } }), /not read out/);
    assert.match(problems({ patterns: ['xx'] }), /patterns\[0\]: asks for 2 digits/);
    assert.match(problems({ patterns: ['(x+)+'] }), /patterns/);
    assert.match(problems({ maxDigits: 33 }), /maxDigits/);
  });
});
