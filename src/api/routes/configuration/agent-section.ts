import type { Refusal } from '../../../lib/errors.ts';
import { err, type Result } from '../../../lib/result.ts';
import { reaches } from '../../../model/access.ts';
import { type AgentConfig, MONTHLY_CAP_DEFAULT } from '../../../model/agent.ts';
import { agentId } from '../../../model/ids.ts';
import type { ConfigurationRepositories } from '../../../runtime/ports/admin.ts';
import type { AgentSecrets } from '../../../runtime/ports/objects.ts';
import { demandReach } from '../../reach.ts';
import { AgentEntry } from './schemas.ts';
import { type Entry, each, inOrder, type Section } from './section.ts';

type Secret = keyof AgentSecrets;
const SECRETS: readonly Secret[] = ['sipPassword', 'pin'];

const idOf = ({ id }: Entry) => agentId(String(id));

function agentOf({ sipPassword: _, pin: __, ...entry }: Entry): AgentConfig {
  const casual = entry.casual ? { monthlyCap: MONTHLY_CAP_DEFAULT, ...entry.casual } : undefined;
  return {
    skills: {},
    queueIds: [],
    ...entry,
    ...(casual ? { casual } : {}),
  } as unknown as AgentConfig;
}

const agentEntry = (agent: AgentConfig): Entry => inOrder(AgentEntry, { ...agent });

const secretOf = (entry: Entry, name: Secret): AgentSecrets =>
  entry[name] === undefined ? {} : { [name]: String(entry[name]) };

async function withSecrets(
  { agents }: ConfigurationRepositories,
  entry: Entry,
  written: Result<unknown, Refusal>,
): Promise<Result<unknown, Refusal>> {
  if (!written.ok) return err(written.error);
  const secrets = { ...secretOf(entry, 'sipPassword'), ...secretOf(entry, 'pin') };
  return Object.keys(secrets).length === 0 ? written : agents.setSecrets(idOf(entry), secrets);
}

/** Who answers. Secrets go in and never come out: a file may name them, and an exported one does not. */
export const agentSection: Section = {
  name: 'agents',
  noun: 'agent',
  keyName: 'id',
  reads: 'agents:read',
  schema: AgentEntry,
  comment:
    ' Who answers. `sipPassword` and `pin` go in and never come out: without them, those that are stored stay.',
  entriesOf: (configuration) => each(configuration.agents, agentEntry),
  normal: (entry) => agentEntry(agentOf(entry)),
  withEntries: (configuration, entries) => ({ ...configuration, agents: entries.map(agentOf) }),
  isSeen: (principal, entry) => reaches(principal, agentOf(entry)),
  demandToGive: (principal, entry) => demandReach(principal, agentOf(entry)),
  // A phone's digests hold its extension (RFC 7616 section 3.4.2): with another one, or none yet, it cannot register.
  notes(entry, before) {
    if (entry.sipPassword !== undefined || before?.extension === entry.extension) return [];
    const why = before ? 'gets another extension' : 'is new';
    return [
      `Agent ${entry.id} ${why} and has no sipPassword here: the phone cannot register until one is set.`,
    ];
  },
  async newSecrets({ agents }, entry) {
    const changed: string[] = [];
    for (const name of SECRETS) {
      const secret = secretOf(entry, name);
      if (secret[name] !== undefined && !(await agents.hasSecrets(idOf(entry), secret)))
        changed.push(name);
    }
    return changed;
  },
  async letGo({ agents }, key) {
    const agent = await agents.get(agentId(key));
    // No phone can have this extension: it is no digits.
    if (agent) await agents.replace({ ...agent, extension: `~${key}` });
  },
  create: async (repositories, entry) =>
    withSecrets(repositories, entry, await repositories.agents.create(agentOf(entry))),
  replace: async (repositories, entry) =>
    withSecrets(repositories, entry, await repositories.agents.replace(agentOf(entry))),
  remove: (repositories, key) => repositories.agents.remove(agentId(key)),
};
