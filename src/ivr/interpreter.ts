import type { CallContext } from '../model/call.ts';
import type { CompiledFlow, CompiledNode } from './compiled.ts';
import { NO_SECRETS } from './hidden.ts';
import type { Moment } from './moment.ts';
import type { Outcome } from './node.ts';
import { type FlowState, NODES_PER_EVENT_MAX } from './state.ts';
import { Turn } from './turn.ts';
import type { FlowEffect, FlowEvent } from './vocabulary.ts';

/** What an event has led to: where the call stands now, and what the shell is asked to do, in order. */
export interface FlowStep {
  readonly state: FlowState;
  readonly effects: readonly FlowEffect[];
}

/*
 *                    ┌──────────── event: the node's own affair ────────────┐
 *                    ▼                                                      │
 *   start ──▶ enter node ──stay──▶ waiting in the node ──fresh event──▶ on(event)
 *                ▲  │                  ▲    │                              │
 *                │  └──to──┐           │    └─ stale event: nothing        ├─ stay ─▶ waiting
 *                └─────────┴───────────┼───────────── to ──────────────────┤
 *                                      └── over: no event does anything ◀──┘
 */

/** Begins a call's way through its flow. */
export function startFlow(flow: CompiledFlow, context: CallContext, moment: Moment): FlowStep {
  const turn = new Turn(flow, moment, {
    context,
    node: flow.start,
    local: null,
    secrets: NO_SECRETS,
    keys: '',
    timerId: 0,
    timing: false,
    playing: false,
    over: false,
  });
  turn.setContext(context);
  return settle(flow, turn, { to: flow.start });
}

/** Takes one event. Stale ones (the end of a prompt that was stopped, an old timer) change nothing. */
export function stepFlow(
  flow: CompiledFlow,
  state: FlowState,
  event: FlowEvent,
  moment: Moment,
): FlowStep {
  const node = flow.nodes.get(state.node);
  if (state.over || !node || isStale(state, event)) return { state, effects: [] };
  const turn = new Turn(flow, moment, state);
  const meant = absorb(turn, event);
  return settle(flow, turn, node.kind.on(node.config, state.local, meant, turn));
}

function isStale(state: FlowState, event: FlowEvent): boolean {
  if (event.type === 'played') return !state.playing;
  if (event.type === 'timeout') return !state.timing || event.id !== state.timerId;
  return event.type === 'started';
}

/** What the event itself ends. A prompt that has outlived its time limit counts as played. */
function absorb(turn: Turn, event: FlowEvent): FlowEvent {
  if (event.type === 'played') turn.set({ playing: false });
  if (event.type === 'played') turn.quiet();
  if (event.type !== 'timeout') return event;
  turn.set({ timing: false });
  if (!turn.state.playing) return event;
  turn.quiet();
  return { type: 'played' };
}

/** Goes from node to node until one of them waits, or the flow is over. */
function settle(flow: CompiledFlow, turn: Turn, first: Outcome<unknown>): FlowStep {
  let outcome = first;
  for (let entered = 0; 'to' in outcome; entered++) {
    turn.quiet();
    const node = flow.nodes.get(outcome.to);
    if (!node || entered >= NODES_PER_EVENT_MAX) return giveUp(turn, outcome.to);
    outcome = enter(turn, outcome.to, node);
  }
  if ('stay' in outcome) turn.set({ local: outcome.stay });
  else end(turn);
  return { state: turn.state, effects: turn.effects };
}

function enter(turn: Turn, name: string, { kind, config }: CompiledNode): Outcome<unknown> {
  turn.set({ node: name });
  turn.note('flow.node', { node: name, type: kind.type });
  return kind.enter(config, turn);
}

/** The checker refuses flows that could come to this; a caller is not left in the air even so. */
function giveUp(turn: Turn, node: string): FlowStep {
  turn.note('flow.stuck', { node });
  turn.effect({ type: 'hangup', reason: 'flowEnded' });
  end(turn);
  return { state: turn.state, effects: turn.effects };
}

/** Nothing of what the caller typed is left. */
function end(turn: Turn): void {
  turn.set({ local: null, keys: '', secrets: NO_SECRETS, over: true });
}
