import type { Command } from '../../acd/commands.ts';
import type { AgentId } from '../../model/ids.ts';
import type { World } from '../world.ts';

/** Why whoever supervises is not ready; not one of the reasons that a company makes. */
export const SUPERVISING = 'supervision';

/** An agent who supervises. */
interface OnDuty {
  watches: number;
  /** They are ready again afterwards. */
  wasReady: boolean;
}

/**
 * No call comes to an agent who supervises: who would be ready is not ready for so long, and then ready again. What they
 * say of themselves meanwhile holds; "ready" does afterwards.
 */
export class Duty {
  readonly #world: Pick<World, 'engine' | 'command'>;
  readonly #onDuty = new Map<AgentId, OnDuty>();

  constructor(world: Pick<World, 'engine' | 'command'>) {
    this.#world = world;
  }

  begins(agentId: AgentId | undefined): void {
    const agent = agentId && this.#world.engine.agent(agentId);
    if (!agent) return;
    const known = this.#onDuty.get(agentId);
    if (known) {
      known.watches += 1;
      return;
    }
    const { kind } = agent.state;
    const wasReady = kind !== 'offline' && kind !== 'notReady' && !agent.intention;
    if (wasReady) this.#world.command(notReady(agentId));
    this.#onDuty.set(agentId, { watches: 1, wasReady });
  }

  ends(agentId: AgentId | undefined): void {
    const duty = agentId && this.#onDuty.get(agentId);
    if (!duty) return;
    duty.watches -= 1;
    if (duty.watches > 0) return;
    this.#onDuty.delete(agentId);
    if (duty.wasReady) this.#world.command({ type: 'agent.ready', agentId });
  }

  /** What the engine is told, if an agent who supervises says something of themselves. */
  instead(said: Command): Command {
    if (
      said.type !== 'agent.ready' &&
      said.type !== 'agent.notReady' &&
      said.type !== 'agent.signOut'
    )
      return said;
    const duty = this.#onDuty.get(said.agentId);
    if (!duty) return said;
    duty.wasReady = said.type === 'agent.ready' || isSupervising(said);
    return said.type === 'agent.ready' ? notReady(said.agentId) : said;
  }

  /** After a crash nobody supervises any more. */
  recover(): void {
    for (const { id: agentId, state, intention } of this.#world.engine.agents())
      if ([state, intention].some((one) => one?.kind === 'notReady' && isSupervising(one)))
        this.#world.command({ type: 'agent.ready', agentId });
  }
}

const notReady = (agentId: AgentId) =>
  ({ type: 'agent.notReady', agentId, reason: SUPERVISING }) as const;

const isSupervising = (it: object): boolean => 'reason' in it && it.reason === SUPERVISING;
