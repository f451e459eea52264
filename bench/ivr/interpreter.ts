import { parseFlow, startFlow, stepFlow } from '../../src/ivr/flow.ts';
import type { FlowEvent } from '../../src/ivr/vocabulary.ts';
import type { CallContext } from '../../src/model/call.ts';

/** The goal of issue 4, in node steps a second on one core. */
const STEPS_GOAL = 200_000;
const WARM_UP_CALLS = 20_000;
const ROUNDS = 5;
const CALLS = 20_000;

export interface InterpreterFigures {
  /** Nodes entered and events taken in a second, of the median round. */
  readonly stepsPerSecond: number;
  readonly roundsPerSecond: readonly number[];
  readonly stepsPerCall: number;
  readonly goal: number;
  readonly reached: boolean;
}

const say = (es: string): object => ({ es, en: es });

/** As a caller would go through a company: greeted, identified, asked three times, queued, back, and goodbye. */
const DOCUMENT = {
  name: 'Bench',
  languages: ['es-MX', 'en'],
  start: 'saludo',
  prompts: { saludo: say('Bienvenido, {name}. Su saldo es de {variables.saldo}.') },
  nodes: {
    saludo: { type: 'play', prompts: ['saludo'], next: 'quien' },
    quien: { type: 'identify', next: 'cuenta' },
    cuenta: {
      type: 'set',
      variables: { veces: { expression: 'int(variables.?veces.orValue("0")) + 1' } },
      next: 'deuda',
    },
    deuda: {
      type: 'branch',
      cases: [
        { if: 'status == "blocked"', next: 'adios' },
        { if: 'int(variables.saldo) > 10000 && status in ["vip", "customer"]', next: 'menu' },
        { if: { field: 'status', equals: 'vip' }, next: 'menu' },
      ],
      otherwise: 'menu',
    },
    menu: {
      type: 'menu',
      prompts: [say('Para ventas, marque uno.')],
      choices: [
        { key: 1, set: { intent: 'ventas' }, next: 'otro' },
        { key: 2, next: 'adios' },
      ],
      failed: 'adios',
    },
    otro: {
      type: 'menu',
      prompts: [say('Para una tienda, marque dos.')],
      choices: [{ key: 2, set: { variables: { tienda: 'norte' } }, next: 'aviso' }],
      failed: 'adios',
    },
    aviso: { type: 'play', prompts: [say('Un momento.')], next: 'cola' },
    cola: { type: 'queue', queue: 'ventas', onTimeout: 'adios' },
    adios: { type: 'hangup', prompts: [say('Adiós, {name}.')] },
  },
};

const CALLER: CallContext = {
  ani: '+525555550001',
  dnis: '8005550100',
  status: 'customer',
  language: 'es-MX',
  name: 'Ana García',
  variables: { saldo: '12500', cliente: '7781', tienda: 'sur' },
};
const MOMENT = {
  now: Date.parse('2026-11-23T10:00:00Z'),
  world: { calendars: new Map(), zone: 'America/Mexico_City' },
};

const EVENTS: readonly FlowEvent[] = [
  { type: 'played' },
  { type: 'identified', context: CALLER },
  { type: 'played' },
  { type: 'digit', digit: '9' },
  { type: 'played' },
  { type: 'digit', digit: '1' },
  { type: 'digit', digit: '2' },
  { type: 'played' },
  { type: 'queueLeft', why: 'timeout' },
  { type: 'played' },
];

/** Steps of the pure interpreter: no prompt is rendered, nothing is played, nobody waits. */
export function measureInterpreter(): InterpreterFigures {
  const parsed = parseFlow(DOCUMENT, { queueIds: ['ventas'], calendarIds: [] });
  if (!parsed.ok) throw new Error(parsed.error.join('\n'));
  const flow = parsed.value;
  const call = (): number => {
    let { state, effects } = startFlow(flow, CALLER, MOMENT);
    let steps = entered(effects);
    for (const event of EVENTS) {
      ({ state, effects } = stepFlow(flow, state, event, MOMENT));
      steps += 1 + entered(effects);
    }
    if (!state.over) throw new Error('The call of the bench did not come to its end');
    return steps;
  };
  for (let at = 0; at < WARM_UP_CALLS; at++) call();
  const stepsPerCall = call();
  const rounds = Array.from({ length: ROUNDS }, () => {
    const from = process.cpuUsage();
    for (let at = 0; at < CALLS; at++) call();
    const { user, system } = process.cpuUsage(from);
    return Math.round((CALLS * stepsPerCall * 1_000_000) / (user + system));
  });
  const stepsPerSecond = [...rounds].sort((a, b) => a - b)[ROUNDS >> 1] ?? 0;
  return {
    stepsPerSecond,
    roundsPerSecond: rounds,
    stepsPerCall,
    goal: STEPS_GOAL,
    reached: stepsPerSecond >= STEPS_GOAL,
  };
}

const entered = (effects: readonly { readonly type: string; readonly event?: string }[]): number =>
  effects.filter(({ type, event }) => type === 'note' && event === 'flow.node').length;
