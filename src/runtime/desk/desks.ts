import type { AgentConfig } from '../../model/agent.ts';
import type { AgentId } from '../../model/ids.ts';
import type { Directory } from '../directory.ts';
import type { CommandLog } from '../options.ts';

export interface DesksWorld {
  readonly journal: CommandLog;
  /** Whether a phone is registered with the extension. */
  isReachable(extension: string): boolean;
  directory(): Directory | undefined;
  /** Where somebody sits has changed, or whether they have a phone. */
  changed(agent: AgentConfig): void;
}

const NOTE = 'desk:';

/**
 * Who sits at which phone (P2, hot desking). A phone, that is the extension it registers with, is its own agent's until
 * another one signs in at it, and again when they are signed out. Who sits elsewhere is not at their own phone.
 */
export class Desks {
  readonly #world: DesksWorld;
  /** Of those who sit at another's phone, both ways. */
  readonly #phones = new Map<AgentId, string>();
  readonly #guests = new Map<string, AgentId>();

  constructor(world: DesksWorld) {
    this.#world = world;
  }

  /** After a restart, before the first configuration. Those who have been signed out meanwhile sit nowhere. */
  restore(notes: ReadonlyMap<string, unknown>, isSignedIn: (id: AgentId) => boolean): void {
    for (const [key, phone] of notes) {
      if (!key.startsWith(NOTE) || typeof phone !== 'string') continue;
      const id = key.slice(NOTE.length) as AgentId;
      if (!isSignedIn(id)) this.#world.journal.drop(key);
      else this.#put(id, phone);
    }
  }

  /** The phone that is not their own; undefined: they sit at none. */
  borrowedBy(id: AgentId): string | undefined {
    return this.#phones.get(id);
  }

  /** The extension whose phones ring for the agent. */
  phoneOf({ id, extension }: Pick<AgentConfig, 'id' | 'extension'>): string {
    return this.#phones.get(id) ?? extension;
  }

  /** Whose phone it is now; undefined: nobody's. */
  agentAt(phone: string): AgentConfig | undefined {
    const directory = this.#world.directory();
    const guest = this.#guests.get(phone);
    if (guest !== undefined) return directory?.agents.get(guest);
    const owner = directory?.agentByExtension.get(phone);
    return owner && !this.#phones.has(owner.id) ? owner : undefined;
  }

  /** Whether there is a registered phone that is theirs now. */
  hasPhone(agent: AgentConfig): boolean {
    const phone = this.phoneOf(agent);
    return this.agentAt(phone)?.id === agent.id && this.#world.isReachable(phone);
  }

  /** The agent sits there from now on: nobody else does, whoever has signed them in has seen to that. */
  sit(agent: AgentConfig, phone: string): void {
    if (this.phoneOf(agent) === phone) return;
    this.leave(agent.id);
    if (phone === agent.extension) return;
    this.#put(agent.id, phone);
    this.#world.journal.keep(`${NOTE}${agent.id}`, phone);
    this.#told(agent.id, phone);
  }

  /** They have gone home: the phone is its own agent's again. */
  leave(id: AgentId): void {
    const phone = this.#phones.get(id);
    if (phone === undefined) return;
    this.#phones.delete(id);
    this.#guests.delete(phone);
    this.#world.journal.drop(`${NOTE}${id}`);
    this.#told(id, phone);
  }

  /** Who is not configured any more sits nowhere. */
  configure(agents: readonly AgentConfig[]): void {
    const known = new Set(agents.map(({ id }) => id));
    for (const id of [...this.#phones.keys()]) if (!known.has(id)) this.leave(id);
  }

  #put(id: AgentId, phone: string): void {
    this.#phones.set(id, phone);
    this.#guests.set(phone, id);
  }

  #told(id: AgentId, phone: string): void {
    const directory = this.#world.directory();
    const both = [directory?.agents.get(id), directory?.agentByExtension.get(phone)];
    for (const agent of both) if (agent) this.#world.changed(agent);
  }
}
