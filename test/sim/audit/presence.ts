import type { Change } from '../../../src/acd/changes.ts';
import { isOpenAt } from '../../../src/lib/hours.ts';
import { UNREACHABLE_SIGN_OUT_MS } from '../../../src/model/agent.ts';
import type { AgentId } from '../../../src/model/ids.ts';
import type { AuditedAgent } from './model.ts';
import type { MakeRule, Step } from './rule.ts';

/** A7 to A9: who is signed out, or in, without saying so. */
export const presence: MakeRule = (model) => {
  /** Since when they have been signed in without a phone. */
  const lostAt = new Map<AgentId, number>();
  const byHand = new Set<AgentId>();
  /** Who had a phone after the last step. */
  const phones = new Set<AgentId>();

  const limitOf = ({ config }: AuditedAgent): number =>
    config.unreachableSignOutMs ?? UNREACHABLE_SIGN_OUT_MS;
  const isAlwaysOn = ({ config }: AuditedAgent): boolean => config.casual?.alwaysOn === true;
  const isOpen = (now: number, { config }: AuditedAgent): boolean => {
    const hours = config.casual?.hours;
    return hours === undefined || isOpenAt(hours, config.zone ?? 'UTC', now);
  };

  const signedOut = (
    { now, command, expect }: Step,
    { agentId, from, to }: Extract<Change, { type: 'agent.changed' }>,
  ): void => {
    const agent = model.agents.get(agentId);
    if (!agent || to.kind !== 'offline' || !to.reason || command.type === 'configure') return;
    const since = lostAt.get(agentId) ?? now;
    const isDue = {
      noPhone: !agent.reachable && now >= since + limitOf(agent),
      notReadyTooLong: from.kind === 'notReady' && from.until !== undefined && from.until <= now,
      hours: isAlwaysOn(agent) && !isOpen(now, agent),
    }[to.reason];
    expect(isDue, `A7 agent ${agentId} was signed out, ${to.reason}, before it was due`);
  };

  /** A8: a break ends as long after its beginning as the agent's terms say. */
  const hasEnd = (
    { now, command, expect }: Step,
    { agentId, to }: Extract<Change, { type: 'agent.changed' }>,
  ): void => {
    const config = model.agents.get(agentId)?.config;
    if (to.kind !== 'notReady' || !config?.notReadyMsMax || command.type === 'configure') return;
    const isRight = to.until === now + config.notReadyMsMax;
    expect(isRight, `A8 the break of ${agentId} ends at ${to.until}`);
  };

  const follow = (now: number, change: Extract<Change, { type: 'agent.changed' }>): void => {
    if (change.from.kind !== 'offline') return;
    lostAt.set(change.agentId, now);
    byHand.delete(change.agentId);
  };

  return {
    onChange(step, change) {
      if (change.type === 'ledger.changed' && change.why === 'hours' && change.isOpen) {
        byHand.delete(change.agentId);
      }
      if (change.type !== 'agent.changed') return;
      hasEnd(step, change);
      signedOut(step, change);
      follow(step.now, change);
    },

    onStep({ now, command, reply, expect }) {
      if (reply.ok && command.type === 'agent.signOut') byHand.add(command.agentId);
      for (const [id, agent] of model.agents) {
        if (phones.has(id) && !agent.reachable) lostAt.set(id, now);
        if (agent.reachable) phones.add(id);
        else phones.delete(id);
        const { kind } = agent.state;
        if (kind === 'notReady') {
          const { until } = agent.state;
          expect(until === undefined || until > now, `A8 agent ${id} is not ready past the end`);
        }
        if (kind === 'ready' || kind === 'notReady') {
          const since = lostAt.get(id) ?? now;
          const late = !agent.reachable && now >= since + limitOf(agent);
          expect(!late, `A7 agent ${id} is ${kind} and has had no phone for too long`);
          const closed = isAlwaysOn(agent) && !isOpen(now, agent);
          expect(!closed, `A9 agent ${id} is always on, and on outside their hours`);
        }
        const should = isAlwaysOn(agent) && isOpen(now, agent) && agent.reachable;
        if (!should || byHand.has(id) || !model.configured.has(id)) continue;
        expect(kind !== 'offline', `A9 agent ${id} is always on, and off`);
      }
      for (const id of phones) if (!model.agents.has(id)) phones.delete(id);
      for (const id of byHand) if (!model.agents.has(id)) byHand.delete(id);
    },
  };
};
