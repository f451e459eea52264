import type { AgentId } from '../../src/model/ids.ts';
import type { DirectoryEntry, PresenceWord } from '../../src/model/presence.ts';
import type { People } from '../../src/runtime/ports/outside.ts';

/** A directory that has whom the test puts into it, and remembers what was said of them. */
export class FakePeople implements People {
  entries: DirectoryEntry[] = [];

  list(): readonly DirectoryEntry[] {
    return this.entries;
  }

  heard(agentId: AgentId, presence: PresenceWord): boolean {
    return this.#change(agentId, (entry) => ({ ...entry, presence }));
  }

  forget(agentId: AgentId): boolean {
    if (!this.entries.some((one) => one.agentId === agentId && one.presence)) return false;
    return this.#change(agentId, ({ presence: _, ...entry }) => entry);
  }

  #change(agentId: AgentId, change: (entry: DirectoryEntry) => DirectoryEntry): boolean {
    const isKnown = this.entries.some((one) => one.agentId === agentId);
    this.entries = this.entries.map((one) => (one.agentId === agentId ? change(one) : one));
    return isKnown;
  }
}
