import type { Change } from '../../../src/acd/changes.ts';
import { isOpenAt } from '../../../src/lib/hours.ts';
import type { AgentId, OfferId, QueueId } from '../../../src/model/ids.ts';
import { Accounts, hasLimits } from './accounts.ts';
import { type AuditedAgent, isCasual, standInOf } from './model.ts';
import type { MakeRule, Step } from './rule.ts';

type OfferMade = Extract<Change, { type: 'offer.made' }>;

/** B1 to B6: no limit is overspent, and casual agents help where and when they may, after all others. */
export const casual: MakeRule = (model) => {
  const accounts = new Accounts();
  const open = new Map<QueueId, boolean>();
  /** The queues that were open when an offer of this step was made. */
  const openAt = new Map<OfferId, ReadonlyMap<QueueId, boolean>>();
  /** What the engine said it counted, in the step in hand. */
  const said = new Map<AgentId, { readonly month: string; readonly spent: number }>();

  const isLimited = (id: AgentId): boolean => {
    // Whoever was removed is there until their call and its after-call work are over.
    const config = model.agents.get(id)?.config;
    return config !== undefined && hasLimits(config);
  };
  const shareOf = ({ config }: AuditedAgent): number => {
    const cap = config.casual?.monthlyCap ?? 0;
    return cap === 0 ? 1 : (accounts.of.get(config.id)?.spent ?? 0) / cap;
  };
  const mayAfford = (now: number, { config }: AuditedAgent): boolean => {
    const { spent = 0, daySpent = 0 } = accounts.of.get(config.id) ?? {};
    const { casual: terms, dailyCallsMax = Number.POSITIVE_INFINITY, zone = 'UTC' } = config;
    if (daySpent >= dailyCallsMax) return false;
    if (!terms) return true;
    const isOpen = terms.hours === undefined || isOpenAt(terms.hours, zone, now);
    return isOpen && spent < terms.monthlyCap;
  };

  model.mayHelp = (now, agent, queueId) => {
    accounts.roll(now, isLimited);
    return mayAfford(now, agent) && (!isCasual(agent) || open.get(queueId) === true);
  };

  /** Before the model knows of it: the offer itself is not counted yet. */
  const offered = ({ now, command, expect }: Step, change: OfferMade): void => {
    const { offerId, agentId, callId, queueId } = change;
    openAt.set(offerId, new Map(open));
    const agent = model.agents.get(agentId);
    // What was due before a configuration went by the one before it.
    if (!agent || command.type === 'configure') return;
    expect(mayAfford(now, agent), `B2 agent ${agentId} was offered a call beyond their limits`);
    // Whoever a colleague names may be rung whatever their queue needs.
    if (!isCasual(agent) || model.calls.get(callId)?.isDirected) return;
    expect(open.get(queueId) === true, `B4 agent ${agentId} helps ${queueId}, which is closed`);
  };

  const turned = (step: Step, change: Extract<Change, { type: 'queue.casual' }>): void => {
    const { queueId, open: isOpen, ewtMs, serviceLevel } = change;
    const queue = model.queuesEver.get(queueId);
    const known = open.get(queueId) ?? false;
    open.set(queueId, isOpen);
    step.expect(known !== isOpen, `B4 queue ${queueId} turned to what it was`);
    if (!queue || !isOpen || step.command.type === 'configure') return;
    const late = ewtMs === undefined || ewtMs > queue.casualIn.ewtMs;
    const low = serviceLevel !== undefined && serviceLevel < queue.casualIn.serviceLevel;
    step.expect(late || low, `B4 queue ${queueId} was opened to casual agents without need`);
  };

  /** B5 no other agent was free for the call, and no casual agent had used less. */
  const judge = ({ now, changes, expect }: Step, { callId, agentId, queueId }: OfferMade): void => {
    const call = model.calls.get(callId);
    const agent = model.agents.get(agentId);
    if (!call || !agent || call.isDirected || !isCasual(agent)) return;
    // They were waited for (rule R16) until the queue closed to casual agents, after this offer.
    const hasClosed = changes.some(
      (change) => change.type === 'queue.casual' && change.queueId === queueId && !change.open,
    );
    if (hasClosed && call.asked.preferredAgentId === agentId) return;
    for (const other of model.agents.values()) {
      if (!model.isFree(now, other) || !model.mayHave(now, other, call)) continue;
      const before = !isCasual(other) || shareOf(other) < shareOf(agent);
      expect(!before, `B5 agent ${other.config.id} comes before ${agentId} for ${callId}`);
    }
  };

  return {
    onChange(step, change) {
      accounts.roll(step.now, isLimited);
      if (change.type === 'offer.made') offered(step, change);
      if (change.type === 'queue.casual') turned(step, change);
      if (change.type === 'ledger.changed') said.set(change.agentId, change);
      if (change.type === 'call.connected') accounts.spend(change.agentId, change.callId);
      if (change.type === 'call.returned') accounts.giveBack(change.agentId, change.callId);
      // Whoever accepts a call back spends at once, and gets it back if the customer is not reached.
      if (change.type === 'callback.dial')
        accounts.spend(change.agentId, standInOf(change.callbackId));
      if (change.type === 'callback.attemptFailed')
        accounts.giveBack(change.agentId, standInOf(change.callbackId));
    },

    onStep(step) {
      const { now, command, reply, changes, quiet, expect } = step;
      accounts.roll(now, isLimited);
      if (reply.ok && command.type === 'configure') {
        for (const config of command.agents) accounts.configure(now, config);
        accounts.roll(now, isLimited);
      }
      for (const [id, { month, spent }] of said) {
        const account = accounts.of.get(id);
        const agrees = !account || (account.month === month && account.spent === spent);
        expect(
          agrees,
          `B3 agent ${id} has spent ${account?.spent} in ${account?.month}, not ${spent}`,
        );
      }
      said.clear();
      for (const change of quiet ? changes : []) {
        if (change.type !== 'offer.made') continue;
        model.judged = change.offerId;
        judge(step, change);
      }
      model.judged = undefined;
      const made = new Set(changes.map((change) => change.type === 'offer.made' && change.offerId));
      for (const id of openAt.keys()) if (!made.has(id)) openAt.delete(id);
    },

    allows(now, agent, call) {
      if (!mayAfford(now, agent)) return false;
      const gates = (model.judged && openAt.get(model.judged)) ?? open;
      return !isCasual(agent) || gates.get(call.queueId) === true;
    },
  };
};
