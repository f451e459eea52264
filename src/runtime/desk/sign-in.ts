import { type Refusal, refusal } from '../../lib/errors.ts';
import { never } from '../../lib/result.ts';
import type { AgentConfig } from '../../model/agent.ts';
import type { AgentId } from '../../model/ids.ts';
import type { World } from '../world.ts';

/** What came of a PIN. */
export type Proof = 'right' | 'wrong' | 'locked';

/** Who signs in where, and who may. */
export class SignIn {
  readonly #world: World;

  constructor(world: World) {
    this.#world = world;
  }

  /** At that phone; absent: at their own. The refusal says why not; then nothing has changed. */
  signIn(id: AgentId, phone?: string): Refusal | undefined {
    const { directory, desks, command } = this.#world;
    const agent = directory?.agents.get(id);
    if (!directory || !agent) return refusal('AGENT_UNKNOWN', `There is no agent ${id}.`);
    // Who sits somewhere and does not say where stays there.
    const place = phone ?? desks.phoneOf(agent);
    const refused = this.#objection(agent, place);
    if (refused) return refused;
    const before = desks.agentAt(place);
    const reply = command({ type: 'agent.signIn', agentId: id });
    if (!reply.ok) return refusal(reply.code, reply.detail);
    if (before && before.id !== id) this.#makeRoom(before);
    desks.sit(agent, place);
    return undefined;
  }

  /** Who is always on has no phone for a while, and comes back with it by themselves. */
  #makeRoom({ id, casual }: AgentConfig): void {
    const { engine, command } = this.#world;
    const isIn = engine.agent(id)?.state.kind !== 'offline';
    if (isIn && !casual?.alwaysOn) command({ type: 'agent.signOut', agentId: id });
  }

  /** Nobody is moved, or has their phone taken, in the midst of a call. */
  #objection(agent: AgentConfig, place: string): Refusal | undefined {
    const { directory, desks } = this.#world;
    if (place === desks.phoneOf(agent) && desks.agentAt(place)?.id === agent.id) return undefined;
    if (agent.device && place !== agent.extension)
      return refusal('AGENT_STATE', `Agent ${agent.id} is reached outside the house.`);
    if (!directory?.agentByExtension.has(place))
      return refusal('DESTINATION_UNKNOWN', `There is no phone ${place}.`);
    for (const one of [agent, desks.agentAt(place)])
      if (one && this.#hasCall(one))
        return refusal('AGENT_STATE', `Agent ${one.id} has a call, or work after one.`);
    return undefined;
  }

  #hasCall({ id }: AgentConfig): boolean {
    const kind = this.#world.engine.agent(id)?.state.kind ?? 'offline';
    switch (kind) {
      case 'offered':
      case 'talking':
      case 'wrapUp':
        return true;
      case 'offline':
      case 'ready':
      case 'notReady':
        return false;
      default:
        return never(kind);
    }
  }

  /**
   * Whether they have to prove who they are at that phone: at their own, which has proved itself by its password, only
   * if they have a PIN; at another's always. Rejects when the database is away.
   */
  async mustProve({ id, extension }: AgentConfig, phone: string): Promise<boolean> {
    return phone !== extension || this.#world.agentPins.has(id);
  }

  /** Wrong ones are limited, for each phone apart: whoever guesses does not lock the agent out elsewhere. */
  async prove(id: AgentId, phone: string, pin: string): Promise<Proof> {
    const { attempts, agentPins } = this.#world;
    const who = `agent ${id} ${phone}`;
    if (!(await attempts.take(who))) return 'locked';
    if (!(await agentPins.verify(id, pin))) return 'wrong';
    await attempts.clear(who);
    return 'right';
  }
}
