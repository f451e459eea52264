import type { OneRefused } from '../../../lib/one-by-one.ts';
import type { Result } from '../../../lib/result.ts';
import { mapInSteps } from '../../../lib/slices.ts';
import { reaches } from '../../../model/access.ts';
import { type AgentConfig, MONTHLY_CAP_DEFAULT } from '../../../model/agent.ts';
import { agentId } from '../../../model/ids.ts';
import type { ConfigurationRepositories } from '../../../runtime/ports/admin.ts';
import type { SecretName, SecretsOfAgent } from '../../../runtime/ports/objects.ts';
import { demandReach } from '../../reach.ts';
import { AgentEntry } from './schemas.ts';
import { type Entry, each, inOrder, type Section } from './section.ts';

const SECRETS = ['sipPassword', 'pin'] as const satisfies readonly SecretName[];

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

const secretsOf = (entry: Entry): SecretsOfAgent => {
  const own = SECRETS.filter((name) => entry[name] !== undefined);
  const secrets = Object.fromEntries(own.map((name) => [name, String(entry[name])]));
  return { id: idOf(entry), secrets };
};

/** Of those that bring any. */
const withSecrets = (entries: readonly Entry[]): readonly Entry[] =>
  entries.filter((entry) => SECRETS.some((name) => entry[name] !== undefined));

async function setSecrets(
  { agents }: ConfigurationRepositories,
  entries: readonly Entry[],
  written: Result<undefined, OneRefused>,
): Promise<Result<undefined, OneRefused>> {
  if (written.ok) await agents.setSecretsOfAll(withSecrets(entries).map(secretsOf));
  return written;
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
  *withEntries(configuration, entries) {
    return { ...configuration, agents: yield* mapInSteps(entries, agentOf) };
  },
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
  async newSecrets({ agents }, entries) {
    const some = withSecrets(entries);
    const others = await agents.otherSecrets(some.map(secretsOf));
    const found = new Map(some.map((entry, n) => [entry, others[n]]));
    return entries.map((entry) => found.get(entry) ?? []);
  },
  async letGo({ agents }, keys) {
    // No phone can have this extension: it is no digits.
    const moving = await agents.getAll(keys.map(agentId));
    await agents.replaceAll(moving.map((agent) => ({ ...agent, extension: `~${agent.id}` })));
  },
  create: async (repositories, entries) =>
    setSecrets(repositories, entries, await repositories.agents.createAll(entries.map(agentOf))),
  replace: async (repositories, entries) =>
    setSecrets(repositories, entries, await repositories.agents.replaceAll(entries.map(agentOf))),
  remove: ({ agents }, keys) => agents.removeAll(keys.map(agentId)),
};
