import {
  type CompiledFlow,
  type FlowState,
  type FlowStep,
  type Moment,
  parseFlow,
  startFlow as startFlowAt,
  stepFlow as stepFlowAt,
} from '../../../src/ivr/flow.ts';
import type { FlowEffect, FlowEvent } from '../../../src/ivr/vocabulary.ts';
import type { CallContext } from '../../../src/model/call.ts';

export const KNOWN = { queueIds: ['ventas', 'soporte'], calendarIds: ['tienda'] };

/** A Monday morning in a world where nothing is configured; tests that ask the time or the world bring their own. */
export const MONDAY: Moment = {
  now: Date.parse('2026-11-23T10:00:00Z'),
  world: { calendars: new Map(), zone: 'America/Mexico_City' },
};

export const startFlow = (flow: CompiledFlow, context: CallContext, moment = MONDAY): FlowStep =>
  startFlowAt(flow, context, moment);

export const stepFlow = (
  flow: CompiledFlow,
  state: FlowState,
  event: FlowEvent,
  moment = MONDAY,
): FlowStep => stepFlowAt(flow, state, event, moment);

/** A caller of whom nothing is known. */
export const STRANGER: CallContext = {
  ani: '+525555550009',
  dnis: '8005550100',
  status: 'unknown',
  language: 'es-MX',
  variables: {},
};

export const say = (es: string): { es: string; en: string } => ({ es, en: `${es} (en)` });

/** A flow in two languages around the given nodes. */
export const documentOf = (nodes: object, extra: object = {}): unknown => ({
  name: 'Prueba',
  languages: ['es-MX', 'en'],
  start: Object.keys(nodes)[0],
  nodes,
  ...extra,
});

export function flowOf(nodes: object, extra: object = {}): CompiledFlow {
  const parsed = parseFlow(documentOf(nodes, extra), KNOWN);
  if (!parsed.ok) throw new Error(parsed.error.join('\n'));
  return parsed.value;
}

export function problemsOf(nodes: object, extra: object = {}): readonly string[] {
  const parsed = parseFlow(documentOf(nodes, extra), KNOWN);
  return parsed.ok ? [] : parsed.error;
}

/** The step that the last of several events leads to. */
export function after(flow: CompiledFlow, step: FlowStep, ...events: FlowEvent[]): FlowStep {
  return events.reduce((last, event) => stepFlow(flow, last.state, event), step);
}

export const digit = (key: string): FlowEvent => ({ type: 'digit', digit: key });
export const played: FlowEvent = { type: 'played' };

/** The timer that is running runs out. */
export const timeout = (step: FlowStep): FlowEvent => ({
  type: 'timeout',
  id: step.state.timerId,
});

/** What is said, in the order in which it is. */
export const texts = ({ effects }: { readonly effects: readonly FlowEffect[] }): string[] =>
  effects.flatMap((effect) =>
    effect.type === 'play'
      ? effect.prompts.map((prompt) => (prompt.kind === 'text' ? prompt.text : `♪${prompt.name}`))
      : [],
  );

/** The effects without those that are only for the history or the clock. */
export const deeds = ({ effects }: { readonly effects: readonly FlowEffect[] }): string[] =>
  effects
    .map((effect) => effect.type)
    .filter((type) => !['note', 'timer', 'cancelTimer'].includes(type));
