import { optional } from '../lib/optional.ts';
import type { AgentId } from '../model/ids.ts';
import type { DirectoryEntry, PresenceWord } from '../model/presence.ts';
import type { People } from './ports/outside.ts';
import type { World } from './world.ts';

/** The directory: everybody who can be called, consulted or transferred to, and whether now. */
export class PeopleBoard implements People {
  readonly #world: World;

  constructor(world: World) {
    this.#world = world;
  }

  list(): readonly DirectoryEntry[] {
    const { directory, engine, reach } = this.#world;
    return [...(directory?.agents.values() ?? [])].map((agent) => {
      const { id: agentId, name, extension, team, device } = agent;
      const { why, until, word } = reach.verdict(agentId);
      return {
        agentId,
        name,
        extension,
        ...optional('team', team),
        ...optional('device', device),
        state: engine.agent(agentId)?.state.kind ?? 'offline',
        reachable: why === undefined,
        ...optional('why', why),
        ...optional('until', until),
        ...optional('presence', word),
      };
    });
  }

  heard(agentId: AgentId, word: PresenceWord): boolean {
    const { log, reach } = this.#world;
    const isKnown = reach.heard(agentId, word);
    if (isKnown) log.info({ agentId, status: word.status, by: word.by }, 'Presence');
    return isKnown;
  }

  forget(agentId: AgentId, by?: PresenceWord['by']): boolean {
    return this.#world.reach.forget(agentId, by);
  }
}
