import type { Change } from '../../../src/acd/changes.ts';
import type { Command } from '../../../src/acd/commands.ts';
import type { AgentState } from '../../../src/model/agent.ts';
import type { AgentId } from '../../../src/model/ids.ts';
import type { MakeRule, Step } from './rule.ts';

/** What an agent will be after the call in hand; undefined: ready. */
type Wish = 'offline' | { readonly reason: string } | undefined;

const sayOf = (wish: Wish): string =>
  wish === undefined ? 'ready' : wish === 'offline' ? wish : `not ready (${wish.reason})`;

const isWhat = (state: AgentState, wish: Wish): boolean => {
  if (wish === undefined || wish === 'offline') return state.kind === (wish ?? 'ready');
  return state.kind === 'notReady' && state.reason === wish.reason;
};

const isOnBy = (command: Command, id: AgentId): boolean | undefined =>
  command.type === 'configure' && command.agents.find((agent) => agent.id === id)?.casual?.alwaysOn;

/** A3, A4, H2: what an agent asks for while they have a call in hand is what they are afterwards; the last word counts. */
export const intentions: MakeRule = (model) => {
  const wishes = new Map<AgentId, Wish>();
  /** As configured before the command. */
  let configured: ReadonlySet<AgentId> = new Set();

  /** What they want once they have said so; a sign-out is taken back by "ready" and a sign-in alone. */
  const after = (id: AgentId, command: Command): Wish => {
    const wish = wishes.get(id);
    if (command.type === 'configure') {
      // Who is removed goes afterwards; who is there again stays.
      if (!command.agents.some((agent) => agent.id === id)) return 'offline';
      return configured.has(id) ? wish : undefined;
    }
    if (!('agentId' in command) || command.agentId !== id) return wish;
    switch (command.type) {
      case 'agent.signOut':
        return 'offline';
      case 'agent.ready':
        return undefined;
      case 'agent.signIn':
        return wish === 'offline' ? undefined : wish;
      case 'agent.notReady':
        return wish === 'offline' ? wish : { reason: command.reason };
      default:
        return wish;
    }
  };

  const moved = (
    { command, reply, expect }: Step,
    { agentId: id, from, to }: Extract<Change, { type: 'agent.changed' }>,
  ): void => {
    // Whoever a colleague rings on a break is on the same break afterwards.
    if (from.kind === 'notReady' && to.kind === 'offered') wishes.set(id, { reason: from.reason });
    if (['offered', 'talking', 'wrapUp'].includes(to.kind)) return;
    const hadCall = from.kind === 'talking' || from.kind === 'wrapUp';
    const byRule = to.kind === 'offline' && to.reason !== undefined;
    if (hadCall && !byRule) {
      // What was due came before the command.
      const wish = wishes.get(id);
      const fits = isWhat(to, wish) || (reply.ok && isWhat(to, after(id, command)));
      expect(fits, `A3 agent ${id} wanted to be ${sayOf(wish)} and is ${to.kind}`);
    }
    wishes.delete(id);
  };

  return {
    onChange(step, change) {
      if (change.type === 'agent.changed') moved(step, change);
      // Whoever is always on is on again when their hours open (rule A9).
      if (change.type !== 'ledger.changed' || change.why !== 'hours' || !change.isOpen) return;
      const { agentId: id } = change;
      const isOn = model.agents.get(id)?.config.casual?.alwaysOn || isOnBy(step.command, id);
      if (isOn && wishes.get(id) === 'offline') wishes.set(id, undefined);
    },

    onStep({ command, reply }) {
      if (!reply.ok) return;
      const ids = command.type === 'configure' ? model.agents.keys() : [];
      for (const id of 'agentId' in command ? [command.agentId] : ids) {
        const { kind } = model.agents.get(id)?.state ?? { kind: 'offline' };
        const hasCall = kind === 'talking' || kind === 'wrapUp' || kind === 'offered';
        if (hasCall) wishes.set(id, after(id, command));
      }
      configured = model.configured;
    },
  };
};
