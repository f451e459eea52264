import { iso } from '../lib/clock.ts';
import { liveWire } from '../model/agent-wire.ts';
import type { AgentView, CallView, LiveChange, QueueView } from '../runtime/ports.ts';

// The views as they leave the house: times as ISO 8601 in UTC, as in the API.

export function agentWire({ id, name, extension, ...live }: AgentView) {
  return { id, name, extension, ...liveWire(live) };
}
export type AgentWire = ReturnType<typeof agentWire>;

export function queueWire({ oldestSince, ...queue }: QueueView) {
  return { ...queue, ...(oldestSince === undefined ? {} : { oldestSince: iso(oldestSince) }) };
}
export type QueueWire = ReturnType<typeof queueWire>;

export function callWire({ arrivedAt, ...call }: CallView) {
  return { ...call, arrivedAt: iso(arrivedAt) };
}
export type CallWire = ReturnType<typeof callWire>;

/** One numbered step: the new view of what changed, or the id of what is gone. */
export type ChangeWire = { readonly seq: number; readonly at: string } & (
  | { readonly topic: 'agents'; readonly agent: AgentWire }
  | { readonly topic: 'queues'; readonly queue: QueueWire }
  | { readonly topic: 'calls'; readonly call: CallWire }
  | { readonly topic: 'agents' | 'queues'; readonly goneId: string }
);

export function changeWire(change: LiveChange): ChangeWire {
  const { seq } = change;
  const at = iso(change.at);
  if ('agent' in change) return { seq, at, topic: 'agents', agent: agentWire(change.agent) };
  if ('queue' in change) return { seq, at, topic: 'queues', queue: queueWire(change.queue) };
  if ('call' in change) return { seq, at, topic: 'calls', call: callWire(change.call) };
  return { seq, at, topic: change.topic, goneId: change.goneId };
}
