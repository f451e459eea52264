import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { flowChecker, parseFlow, spokenTexts } from '../../../src/ivr/flow.ts';
import { NODE_KINDS } from '../../../src/ivr/nodes/kinds.ts';
import { utteranceOf } from '../../../src/runtime/flow/prompts.ts';
import { documentOf, flowOf, KNOWN, problemsOf, STRANGER, say, startFlow } from './flows.ts';

const end = { type: 'hangup' };
const menu = (choices: object[], extra: object = {}): object => ({
  type: 'menu',
  prompts: [say('Marque')],
  choices,
  failed: 'fin',
  ...extra,
});

/** What is wrong → the nodes that make it so, and what else of the document. */
const TABLE: readonly [string, object, object?][] = [
  ['start: there is no node nada', { fin: end }, { start: 'nada' }],
  [
    'nodes.a.next: there is no node nada',
    { a: { type: 'play', prompts: [say('x')], next: 'nada' } },
  ],
  [
    'nodes.m.choices[1].next: there is no node nada',
    {
      m: menu([
        { key: '1', next: 'fin' },
        { key: '2', next: 'nada' },
      ]),
      fin: end,
    },
  ],
  ['nodes.sola: no call can get here', { fin: end, sola: end }],
  ['nodes.q.queue: there is no queue compras', { q: { type: 'queue', queue: 'compras' } }],
  [
    'nodes.m.choices[1].key: 1 is taken by an earlier choice',
    {
      m: menu([
        { key: '1', next: 'fin' },
        { key: 1, next: 'fin' },
      ]),
      fin: end,
    },
  ],
  [
    'nodes.m.choices[0].set.language: the flow does not speak es-ES',
    { m: menu([{ key: '1', set: { language: 'es-ES' }, next: 'fin' }]), fin: end },
  ],
  [
    'nodes.a: a circle that nothing the caller does can end: a → b → a',
    {
      a: { type: 'play', prompts: [say('x')], next: 'b' },
      b: {
        type: 'branch',
        cases: [{ if: { field: 'name', exists: true }, next: 'a' }],
        otherwise: 'fin',
      },
      fin: end,
    },
  ],
  [
    'nodes.m: a circle that nothing the caller does can end: m → m',
    { m: menu([{ key: '1', next: 'fin' }], { failed: 'm' }), fin: end },
  ],
  [
    'nodes.q: a circle that nothing the caller does can end: q → q',
    { q: { type: 'queue', queue: 'ventas', onFull: 'q' } },
  ],
  [
    'nodes.q: a circle that nothing the caller does can end: q → q',
    { q: { type: 'queue', queue: 'ventas', onOverflow: { nadie: 'q' } } },
  ],
  [
    'nodes.q.onOverflow.nadie: there is no node lejos',
    { q: { type: 'queue', queue: 'ventas', onOverflow: { nadie: 'lejos' } } },
  ],
  ['nodes.a.prompts[0]: has no text in en', { a: { ...end, prompts: [{ es: 'Adiós' }] } }],
  ['nodes.a.prompts[0]: there is no prompt adios', { a: { ...end, prompts: ['adios'] } }],
  [
    'nodes.a.prompts[0]: there is no prompt constructor',
    { a: { ...end, prompts: ['constructor'] } },
  ],
  [
    'prompts.p: has no text in en',
    { a: { ...end, prompts: ['p'] } },
    { prompts: { p: { 'es-MX': 'x' } } },
  ],
  ['prompts.p: is never said', { a: end }, { prompts: { p: say('x') } }],
  [
    'nodes.a.prompts[0].es: nothing is known as {nombre}',
    { a: { ...end, prompts: [{ es: 'Hola {nombre}', en: 'Hi' }] } },
  ],
  [
    `nodes.a.type: there is no kind jugar; there are ${NODE_KINDS.map(({ type }) => type).join(', ')}`,
    { a: { type: 'jugar' } },
  ],
  [
    'nodes.m: lacks failed',
    { m: { type: 'menu', prompts: [say('x')], choices: [{ key: '1', next: 'm' }] } },
  ],
  ['nodes.a: there is no such field: colour', { a: { ...end, colour: 1 } }],
  ['nodes.a.reason: must be one of flowEnded, refused', { a: { ...end, reason: 'bored' } }],
  [
    'nodes.m.choices[0].key: must be one key of a telephone: 0 to 9, *, #, A to D',
    { m: menu([{ key: '10', next: 'fin' }]), fin: end },
  ],
  [
    'nodes.m.choices[1].key: must be string or integer',
    {
      m: menu([
        { key: '12', next: 'fin' },
        { key: true, next: 'fin' },
      ]),
      fin: end,
    },
  ],
  [
    'nodes.t.to.number: must be a telephone number without spaces, or {variables.NAME}',
    {
      t: {
        type: 'transfer',
        to: { number: '55 1234' },
        busy: 'fin',
        noAnswer: 'fin',
        failed: 'fin',
      },
      fin: end,
    },
  ],
  [
    'nodes.b.cases[0].if: must not have more than 1000 characters',
    {
      b: {
        type: 'branch',
        cases: [{ if: `1 == ${'('.repeat(1_000)}`, next: 'fin' }],
        otherwise: 'fin',
      },
      fin: end,
    },
  ],
  [
    'nodes.b.cases[0].if: has none of the forms that are known here: lacks equals; or lacks in; or lacks exists',
    {
      b: {
        type: 'branch',
        cases: [{ if: { field: 'status', equal: 'vip' }, next: 'fin' }],
        otherwise: 'fin',
      },
      fin: end,
    },
  ],
  [
    'nodes.a.prompts[0]: there is no such field: de',
    { a: { ...end, prompts: [{ es: 'a', de: 'b' }] } },
  ],
  [
    'nodes.a.prompts[11].es: must be string or object',
    { a: { ...end, prompts: Array(12).fill({ es: 1 }) } },
  ],
  [
    'nodes.a.prompts[0].es.language: must be one of es-ES, es-MX, en',
    { a: { ...end, prompts: [{ es: { text: 'a', language: 'fr' }, en: 'a' }] } },
  ],
  ['nodes.a b: is not a name for a node', { 'a b': end }],
];

describe('parseFlow', () => {
  for (const [problem, nodes, extra] of TABLE) {
    it(`finds: ${problem}`, () => {
      assert.ok(problemsOf(nodes, extra).includes(problem), problemsOf(nodes, extra).join('\n'));
    });
  }

  it('names every problem, not only the first', () => {
    const problems = problemsOf({
      a: { type: 'play', prompts: ['p'], next: 'nada' },
      q: { type: 'queue', queue: 'compras' },
    });
    assert.equal(problems.length, 4);
    const more = problemsOf({ a: { ...end, colour: 1 }, b: 3 }, { languages: ['es-MX', 'pt-BR'] });
    for (const problem of [
      'languages[1]: must be one of es-ES, es-MX, en',
      'nodes.a: there is no such field: colour',
      'nodes.b: must be object',
    ]) {
      assert.ok(more.includes(problem), more.join('\n'));
    }
  });

  it('lets a circle be that the caller or a wait can end', () => {
    const nodes = {
      m: menu([
        { key: '1', next: 'm' },
        { key: '2', next: 'q' },
      ]),
      q: { type: 'queue', queue: 'ventas', onTimeout: 'm' },
      fin: end,
    };
    assert.deepEqual(problemsOf(nodes), []);
  });

  it('refuses what is no flow at all, with a sentence and without an exception', () => {
    for (const junk of [null, 7, 'x', [], {}, { nodes: 3 }, { nodes: { a: null } }]) {
      assert.ok(flowChecker.check(junk, KNOWN).length > 0);
    }
    // A name of two lines fits no pattern of names, and would be let in unseen.
    assert.ok(problemsOf({ inicio: end, 'a\nb': null as unknown as object }).length > 0);
    const many = Object.fromEntries(Array.from({ length: 501 }, (_, at) => [`n${at}`, end]));
    assert.ok(problemsOf(many).length > 0);
  });

  it('does not repeat a page that somebody has pasted into a field', () => {
    const page = 'Estimado cliente. '.repeat(1_000);
    const flow = { name: 'x', languages: ['es-MX'], start: 'a', nodes: { a: { type: page } } };
    const [problem = ''] = flowChecker.check(flow, KNOWN);
    assert.match(problem, /^nodes\.a\.type: there is no kind Estimado cliente\./);
    assert.ok(problem.length < 600);
  });

  it('checks a long chain of nodes without trouble', () => {
    const chain = Object.fromEntries(
      Array.from({ length: 499 }, (_, at) => [
        `n${at}`,
        {
          type: 'branch',
          cases: [{ if: { field: 'name', exists: true }, next: `n${at + 1}` }],
          otherwise: 'n499',
        },
      ]),
    );
    assert.deepEqual(problemsOf({ ...chain, n499: end }), []);
  });
});

describe('spokenTexts', () => {
  it('lists what can be rendered before any call, once per language, and what stands around a name', () => {
    const flow = flowOf({
      a: {
        type: 'play',
        prompts: [say('Hola'), { es: 'Hola {name}', en: 'Hi {name}' }],
        next: 'b',
      },
      b: { type: 'hangup', prompts: [say('Hola')] },
    });
    assert.deepEqual(spokenTexts(flow), [
      { text: 'Hola', language: 'es-MX' },
      { text: 'Hola (en)', language: 'en' },
      { text: 'Hola', language: 'es-MX', ending: 'joined' },
      { text: 'Hola', language: 'es-MX', ending: 'last' },
      { text: 'Hi', language: 'en', ending: 'joined' },
      { text: 'Hi', language: 'en', ending: 'last' },
    ]);
    assert.ok(parseFlow(documentOf({ a: end }), KNOWN).ok);
  });

  it('lists first what callers come to first, wherever it stands in the document', () => {
    const flow = flowOf({
      a: { type: 'play', prompts: [say('uno')], next: 'z' },
      adios: { type: 'hangup', prompts: [say('tres')] },
      z: { type: 'play', prompts: [{ es: 'dos {name}', en: 'two' }, say('dos')], next: 'adios' },
    });
    const heard = spokenTexts(flow).filter(({ language }) => language === 'es-MX');
    assert.deepEqual(
      heard.map(({ text, ending = 'whole' }) => `${ending} ${text}`),
      ['whole uno', 'whole dos', 'whole tres', 'joined dos', 'last dos'],
    );
  });

  it('has a text with a language of its own spoken by that voice', () => {
    const other = {
      es: { text: 'For English, press nine.', language: 'en' },
      en: { text: 'Para español, marque {variables.tecla | number}.', language: 'es-MX' },
    };
    const flow = flowOf({ a: { ...end, prompts: [say('Hola'), other] } });
    const spoken = spokenTexts(flow);
    assert.deepEqual(spoken.slice(0, 3), [
      { text: 'Hola', language: 'es-MX' },
      { text: 'Hola (en)', language: 'en' },
      { text: 'For English, press nine.', language: 'en' },
    ]);
    assert.ok(spoken.some(({ text, language }) => text === 'nueve' && language === 'es-MX'));
    assert.ok(spoken.slice(3).every(({ language }) => language === 'es-MX'));
    const tecla = { ...STRANGER, variables: { tecla: '9' } };
    const prompts = (language: 'es-MX' | 'en') =>
      startFlow(flow, { ...tecla, language }).effects.flatMap((effect) =>
        effect.type === 'play' ? effect.prompts : [],
      );
    assert.deepEqual(prompts('es-MX')[1], {
      kind: 'text',
      text: 'For English, press nine.',
      language: 'en',
    });
    const [, spanish] = prompts('en');
    assert.ok(spanish?.kind === 'text' && spanish.language === 'es-MX');
    assert.equal(spanish.text, 'Para español, marque nueve.');
    assert.deepEqual(utteranceOf(spanish, 'en').language, 'es-MX');
  });
});

describe("a closure's message", () => {
  it('is looked at as what flows say', () => {
    assert.deepEqual(flowChecker.checkMessage({ audio: 'cerrado' }), []);
    assert.deepEqual(flowChecker.checkMessage({ es: 'Cerrado, {name}.' }), []);
    const [money, nothing] = flowChecker.checkMessage({ es: '{variables.x | money ZZZ} {nada}' });
    assert.match(money ?? '', /^message\.es: .*ZZZ/);
    assert.match(nothing ?? '', /^message\.es: nothing is known as \{nada\}/);
    assert.match(flowChecker.checkMessage({ fr: 'x' })[0] ?? '', /^message\.fr: there is no voice/);
    assert.match(flowChecker.checkMessage({ es: ' \t' })[0] ?? '', /^message\.es: has no words/);
  });
});
