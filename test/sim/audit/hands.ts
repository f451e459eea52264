import type { Change } from '../../../src/acd/changes.ts';
import type { Command } from '../../../src/acd/commands.ts';
import type { AgentState } from '../../../src/model/agent.ts';
import type { AgentId, CallId } from '../../../src/model/ids.ts';
import type { AuditedAgent } from './model.ts';
import type { MakeRule, Step } from './rule.ts';

interface Talk {
  readonly agentId: AgentId;
  readonly since: number;
  heldSince: number | undefined;
  heldMs: number;
}

type Of<Type extends Change['type']> = Extract<Change, { type: Type }>;

/** Commands by which agents say what they will be: what they were before counts no more. */
const WISHES: readonly Command['type'][] = ['agent.ready', 'agent.notReady', 'agent.signOut'];

/** As a word that can be compared: whether there is a break, and which. */
const condition = (state: AgentState): string =>
  state.kind === 'notReady' ? `not ready (${state.reason})` : state.kind;

const isOnADesk = (agent: AuditedAgent | undefined): boolean =>
  agent?.reachable === true && ['ready', 'notReady'].includes(agent.state.kind);

/** H1 to H6: agents who are rung for a conversation in progress, and how long they have it, on hold or not. */
export const hands: MakeRule = (model) => {
  const talks = new Map<CallId, Talk>();
  /** What whoever is rung was, and will be again. */
  const before = new Map<AgentId, string>();

  const directed = ({ command, expect }: Step, change: Of<'call.directed'>): void => {
    const { callId, agentId } = change;
    expect(!model.calls.has(callId), `H1 call ${callId} is known, and ${agentId} was rung for it`);
    const isAsked =
      command.type === 'call.direct' && command.callId === callId && command.agentId === agentId;
    expect(isAsked, `H1 agent ${agentId} was rung for ${callId} unasked`);
    const agent = model.agents.get(agentId);
    const may = isOnADesk(agent) && model.configured.has(agentId);
    expect(may, `H3 agent ${agentId} was rung by a colleague while ${agent?.state.kind}`);
    if (agent) before.set(agentId, condition(agent.state));
  };

  const offered = ({ now, command, expect }: Step, change: Of<'offer.made'>): void => {
    const call = model.calls.get(change.callId);
    if (!call?.isDirected) return;
    if (command.type !== 'call.direct' || command.callId !== call.id || call.offers.size > 0)
      return expect(false, `H1 call ${call.id} is for one agent, and rings another`);
    expect(command.agentId === change.agentId, `H1 call ${call.id} rings ${change.agentId}`);
    const ringMs = Math.min(300_000, Math.max(1_000, Math.round(command.ringMs) || 0));
    const rings = change.expiresAt - now;
    expect(rings === ringMs, `H3 call ${call.id} rings ${rings} ms, not ${ringMs}`);
  };

  /** Out of the offer, or of the conversation and its after-call work. */
  const released = ({ command, expect }: Step, { agentId, to }: Of<'agent.changed'>): void => {
    const was = before.get(agentId);
    if (was === undefined || ['offered', 'talking', 'wrapUp'].includes(to.kind)) return;
    before.delete(agentId);
    const isWished = 'agentId' in command && WISHES.includes(command.type);
    if (isWished || command.type === 'configure') return;
    expect(condition(to) === was, `H2 agent ${agentId} was ${was}, and is ${condition(to)}`);
  };

  const ended = ({ now, expect }: Step, change: Of<'call.ended'>): void => {
    const { callId, agentId, talkMs, holdMs } = change;
    const talk = talks.get(callId);
    talks.delete(callId);
    if (!talk) return;
    expect(talk.agentId === agentId, `P11 ${callId} is charged to ${agentId}, not ${talk.agentId}`);
    const ms = now - talk.since;
    expect(talkMs === ms, `P11 agent ${agentId} talked ${ms} ms in ${callId}, not ${talkMs}`);
    const heldMs = talk.heldMs + now - (talk.heldSince ?? now);
    expect(holdMs === heldMs, `H6 call ${callId} was on hold ${heldMs} ms, not ${holdMs}`);
  };

  const held = ({ now, expect }: Step, { callId, agentId }: Of<'call.held'>): void => {
    const talk = talks.get(callId);
    const may = talk?.agentId === agentId && talk.heldSince === undefined;
    expect(may, `H6 call ${callId} is on hold twice, or talks to nobody`);
    if (talk) talk.heldSince = now;
  };

  const retrieved = ({ now, expect }: Step, change: Of<'call.retrieved'>): void => {
    const { callId, agentId } = change;
    const talk = talks.get(callId);
    const heldMs = talk?.heldSince === undefined ? -1 : now - talk.heldSince;
    const isRight = talk?.agentId === agentId && change.heldMs === heldMs;
    expect(isRight, `H6 call ${callId} was on hold ${heldMs} ms, not ${change.heldMs}`);
    if (!talk) return;
    talk.heldMs += heldMs;
    talk.heldSince = undefined;
  };

  /** Whoever has limits may have come to them. */
  const refused = ({ command, reply, quiet, expect }: Step): void => {
    if (command.type !== 'call.direct' || reply.ok || reply.code !== 'AGENT_STATE') return;
    const agent = model.agents.get(command.agentId);
    if (!quiet || !agent || agent.config.casual || agent.config.dailyCallsMax !== undefined) return;
    const could = isOnADesk(agent) && model.configured.has(command.agentId);
    expect(!could, `H3 agent ${command.agentId} could have been rung by a colleague`);
  };

  return {
    onChange(step, change) {
      switch (change.type) {
        case 'call.directed':
          return directed(step, change);
        case 'offer.made':
          return offered(step, change);
        case 'agent.changed':
          return released(step, change);
        case 'call.connected': {
          const { callId, agentId } = change;
          talks.set(callId, { agentId, since: step.now, heldSince: undefined, heldMs: 0 });
          return;
        }
        case 'call.ended':
          return ended(step, change);
        case 'call.held':
          return held(step, change);
        case 'call.retrieved':
          return retrieved(step, change);
        case 'call.returned':
          talks.delete(change.callId);
          return;
        default:
      }
    },

    onStep(step) {
      const { command, reply, expect } = step;
      refused(step);
      if (reply.ok && 'agentId' in command && WISHES.includes(command.type)) {
        before.delete(command.agentId);
      }
      // Whoever was removed, and is there again, has no intentions.
      if (command.type === 'configure') before.clear();
      for (const call of model.calls.values()) {
        const waits = call.isDirected && model.stageOf(call) === 'waiting';
        expect(!waits, `H1 call ${call.id} is for one agent, and waits`);
      }
      if (!reply.ok || (command.type !== 'call.held' && command.type !== 'call.retrieved')) return;
      const isHeld = talks.get(command.callId)?.heldSince !== undefined;
      expect(isHeld === (command.type === 'call.held'), `S1 ${command.type} was not done`);
    },
  };
};
