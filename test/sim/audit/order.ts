import type { Change } from '../../../src/acd/changes.ts';
import type { CallId } from '../../../src/model/ids.ts';
import { type AuditedCall, isBefore, isCasual, type Model, standInOf } from './model.ts';
import type { MakeRule, Step } from './rule.ts';

type OfferMade = Extract<Change, { type: 'offer.made' }>;

/** They see no difference between agents but who has been idle longest (rules R2 and M1). */
const BY_IDLENESS: ReadonlySet<string> = new Set([
  'longest-idle',
  'ring-all',
  'ring-progressively',
]);

/** R4 nobody who may have the agent stands before the call; R2 no free agent has been idle longer. */
function judge({ now, model, changes, expect }: Step, change: OfferMade): void {
  const call = model.calls.get(change.callId);
  const agent = model.agents.get(change.agentId);
  // Who serves a queue that closes is the engine's own affair (rule G3).
  if (!call || !agent || call.isDirected || !model.queues.has(call.queueId)) return;
  const { id } = agent.config;
  expect(model.mayHave(now, agent, call), `R3 agent ${id} may not have ${call.id}`);
  const later = new Set(changes.slice(changes.indexOf(change)).map(whoJoined));
  for (const other of model.calls.values()) {
    // Who came from another queue, or is to be rung back, afterwards was not theirs to have.
    if (later.has(other.id)) continue;
    if (model.stageOf(other) !== 'waiting' || !model.mayHave(now, agent, other)) continue;
    expect(!isBefore(other, call), `R4 call ${other.id} was overtaken by ${call.id}`);
  }
  const strategy = model.queues.get(call.queueId)?.strategy ?? '';
  if (isCasual(agent) || !BY_IDLENESS.has(strategy)) return;
  for (const other of model.agents.values()) {
    if (isCasual(other) || !model.isFree(now, other) || !model.mayHave(now, other, call)) continue;
    expect(other.idleSince >= agent.idleSince, `R2 ${other.config.id} has been idle longer`);
  }
}

/** Into the line of a queue, other than by a command of their own. */
function whoJoined(change: Change): CallId | undefined {
  if (change.type === 'call.overflowed') return change.callId;
  return change.type === 'callback.queued' ? standInOf(change.callbackId) : undefined;
}

/** R5 no free agent beside a call that they may have. */
function nobodyIdle({ now, model, expect }: Step): void {
  const waiting = [...model.calls.values()].filter((call) => model.stageOf(call) === 'waiting');
  for (const agent of waiting.length > 0 ? model.agents.values() : []) {
    if (!model.isFree(now, agent)) continue;
    const call = waiting.find((other) => model.mayHave(now, agent, other));
    expect(!call, `R5 agent ${agent.config.id} is idle beside ${call?.id}`);
  }
}

/** C2 how many of their queue stand before somebody, and the next is they. */
function placeOf(
  model: Model,
  call: AuditedCall,
  isThere: (other: AuditedCall) => boolean,
): number {
  let place = 1;
  for (const other of model.calls.values()) {
    if (other.queueId === call.queueId && isThere(other) && isBefore(other, call)) place++;
  }
  return place;
}

/** Who waits, and who did until they were rung in this step. */
function stoodInLine(model: Model, changes: readonly Change[]): (call: AuditedCall) => boolean {
  const rung = new Set(changes.map((change) => change.type === 'offer.made' && change.callId));
  return (call) => model.stageOf(call) === 'waiting' || rung.has(call.id);
}

/** H5 who is handed on stands where they would if they had come then; who is rung in this step stood there too. */
function standsAsSince({ command, model, changes, expect }: Step): void {
  if (command.type !== 'call.enqueue' || command.since === undefined) return;
  const queued = changes.find(({ type }) => type === 'call.queued');
  const moved = changes.some(({ type }) => type === 'call.left' || type === 'call.overflowed');
  const call = model.calls.get(command.callId);
  if (queued?.type !== 'call.queued' || moved || !call) return;
  const place = placeOf(model, call, stoodInLine(model, changes));
  expect(
    queued.position === place,
    `H5 call ${call.id} stands at ${place}, not ${queued.position}`,
  );
}

/** R19 who has another priority stands where it puts them, or is rung in this step and stands nowhere. */
function standsByPriority({ command, model, changes, expect }: Step): void {
  const change = changes.find(({ type }) => type === 'call.prioritised');
  if (command.type !== 'call.prioritise' || change?.type !== 'call.prioritised') return;
  const call = model.calls.get(change.callId);
  if (!call || change.position === undefined || model.stageOf(call) !== 'waiting') return;
  const place = placeOf(model, call, stoodInLine(model, changes));
  expect(
    change.position === place,
    `R19 call ${call.id} stands at ${place}, not ${change.position}`,
  );
}

export const order: MakeRule = () => ({
  /** What stands in the line for a call back is there by now: `callbacks` comes first. */
  onChange({ model, expect }, change) {
    if (change.type !== 'announcement.due' && change.type !== 'callback.queued') return;
    const isCallback = change.type === 'callback.queued';
    const id = isCallback ? standInOf(change.callbackId) : change.callId;
    const call = model.calls.get(id);
    const place = call && placeOf(model, call, (other) => model.stageOf(other) === 'waiting');
    const isRight = place === undefined || change.position === place;
    expect(isRight, `C2 call ${id} stands at ${place}, not ${change.position}`);
  },

  onStep(step) {
    nobodyIdle(step);
    if (!step.quiet) return;
    standsAsSince(step);
    standsByPriority(step);
    for (const change of step.changes) {
      if (change.type !== 'offer.made') continue;
      step.model.judged = change.offerId;
      judge(step, change);
    }
    step.model.judged = undefined;
  },
});
