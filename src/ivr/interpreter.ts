import type { CallContext } from '../model/call.ts';
import type { CompiledFlow } from './compiled.ts';
import type { Moment } from './moment.ts';
import type { CompiledNode, Outcome } from './node.ts';
import { NO_SECRETS } from './secrets.ts';
import { innermost } from './stack.ts';
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
 *
 * `into` another flow is `to` its start, with a frame on the stack; `back` takes the frame off and is `to` its `next`.
 */

/** Begins a call's way through its flow, at its start unless a node of it is named. */
export function startFlow(
  flow: CompiledFlow,
  context: CallContext,
  moment: Moment,
  node = flow.start,
): FlowStep {
  const turn = new Turn(flow, moment, {
    context,
    stack: [],
    node,
    waitsBy: null,
    local: null,
    secrets: NO_SECRETS,
    keys: '',
    timerId: 0,
    timing: false,
    playing: false,
    listening: false,
    secretly: false,
    over: false,
  });
  turn.setContext(context);
  return settle(flow, turn, { to: node });
}

/** Takes one event. Stale ones (the end of a prompt that was stopped, an old timer) change nothing. */
export function stepFlow(
  flow: CompiledFlow,
  state: FlowState,
  event: FlowEvent,
  moment: Moment,
): FlowStep {
  if (event.type === 'connected') return connect(flow, state, moment);
  const node = innermost(flow, state.stack)?.nodes.get(state.node);
  if (state.over || !node || isStale(state, event)) return { state, effects: [] };
  const turn = new Turn(flow, moment, state);
  const meant = absorb(turn, event);
  return settle(flow, turn, node.kind.on(node.config, state.local, meant, turn));
}

/** Whatever the flow was about, the caller has an agent now: it is in the queue node, and quiet. */
function connect(flow: CompiledFlow, state: FlowState, moment: Moment): FlowStep {
  if (state.over || !state.waitsBy) return { state, effects: [] };
  const turn = new Turn(flow, moment, state);
  leave(turn);
  turn.goBackTo(state.waitsBy);
  turn.set({ local: 'talking', keys: '' });
  return { state: turn.state, effects: turn.effects };
}

function isStale(state: FlowState, event: FlowEvent): boolean {
  if (event.type === 'played') return !state.playing;
  if (event.type === 'timeout') return !state.timing || event.id !== state.timerId;
  if (isOfListening(event)) return !state.listening;
  return event.type === 'started';
}

const isOfListening = ({ type }: FlowEvent): boolean =>
  type === 'speaking' || type === 'heard' || type === 'notHeard';

/** What the event itself ends. A prompt that has outlived its time limit counts as played. */
function absorb(turn: Turn, event: FlowEvent): FlowEvent {
  if (event.type === 'played') turn.set({ playing: false });
  if (event.type === 'played') turn.quiet();
  if (event.type === 'heard' || event.type === 'notHeard') turn.set({ listening: false });
  if (event.type !== 'timeout') return event;
  turn.set({ timing: false });
  if (!turn.state.playing) return event;
  turn.quiet();
  return { type: 'played' };
}

/** Goes from node to node, and from flow to flow, until one of them waits or the call is over. */
function settle(began: CompiledFlow, turn: Turn, first: Outcome<unknown>): FlowStep {
  let outcome = first;
  for (let entered = 0; ; entered++) {
    const name = nextNode(turn, outcome);
    if (name === undefined) break;
    leave(turn);
    const node = innermost(began, turn.state.stack)?.nodes.get(name);
    if (!node || entered >= NODES_PER_EVENT_MAX) return giveUp(turn, name);
    outcome = enter(turn, name, node);
  }
  if ('stay' in outcome) turn.set({ local: outcome.stay });
  else end(turn);
  return { state: turn.state, effects: turn.effects };
}

/** Nothing that the node has begun goes on. */
function leave(turn: Turn): void {
  turn.typeOpenly();
  turn.quiet();
  turn.stopListening();
}

/** The node that an outcome leads to, in the flow that it leads to. Undefined: it waits, or it is over. */
function nextNode(turn: Turn, outcome: Outcome<unknown>): string | undefined {
  if ('to' in outcome) return outcome.to;
  if ('into' in outcome) return turn.goInto(outcome);
  if (!('back' in outcome)) return undefined;
  const next = turn.goBack();
  if (next === undefined) turn.effect({ type: 'hangup', reason: 'flowEnded' });
  return next;
}

function enter(turn: Turn, name: string, { kind, config }: CompiledNode): Outcome<unknown> {
  turn.set({ node: name });
  const flow = turn.state.stack.at(-1)?.into;
  turn.note('flow.node', { node: name, type: kind.type, ...(flow === undefined ? {} : { flow }) });
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
  turn.typeOpenly();
  turn.set({ local: null, keys: '', secrets: NO_SECRETS, over: true });
}
