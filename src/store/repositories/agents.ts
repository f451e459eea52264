import { refusal } from '../../lib/errors.ts';
import { err, ok } from '../../lib/result.ts';
import { inSlices, mapInSteps } from '../../lib/slices.ts';
import type { AgentConfig, Skills } from '../../model/agent.ts';
import { type AgentId, agentId, queueId } from '../../model/ids.ts';
import type { AgentRepository } from '../../runtime/ports/objects.ts';
import type { AgentPins } from '../../runtime/ports/phones.ts';
import type { Queryable } from '../pool.ts';
import { pinMatches } from '../secrets.ts';
import { agentSecrets, type SecretMeans } from './agent-secrets.ts';
import { type KeyedTable, keyedRepository, listByKey, type RevisedRow } from './keyed.ts';

interface AgentRow extends RevisedRow {
  readonly name: string;
  readonly extension: string;
  readonly skills: Skills;
  readonly settings: AgentSettings;
  readonly queue_ids: readonly string[];
}

/** What only some agents have: one column of JSON, so that a new one needs no migration. */
type AgentSettings = Omit<AgentConfig, 'id' | 'name' | 'extension' | 'skills' | 'queueIds'>;

/** Every one of them, or the compiler says which is missing. */
const SETTINGS: Readonly<Record<keyof AgentSettings, true>> = {
  team: true,
  groupIds: true,
  queueRanks: true,
  zone: true,
  casual: true,
  dailyCallsMax: true,
  notReadyMsMax: true,
  unreachableSignOutMs: true,
  device: true,
  language: true,
  arrival: true,
  presence: true,
};

/** What was set, and nothing of what the row has beside it. */
const settingsOf = (agent: AgentSettings): AgentSettings =>
  Object.fromEntries(Object.entries(agent).filter(([key]) => key in SETTINGS));

const table: KeyedTable<AgentConfig, AgentRow> = {
  noun: 'agent',
  table: 'agents',
  keyColumn: 'id',
  select: `SELECT id AS key, name, extension, skills, settings, revision, updated_at,
    ARRAY(SELECT queue_id FROM agent_queues WHERE agent_id = agents.id ORDER BY position) AS queue_ids
    FROM agents`,
  columns: { id: 'text', name: 'text', extension: 'text', skills: 'jsonb', settings: 'jsonb' },
  lists: { queue_ids: 'text[]' },
  insertAlso: `member AS (
      INSERT INTO agent_queues (agent_id, queue_id, position)
      SELECT id, queue_id, position
      FROM written, unnest(queue_ids) WITH ORDINALITY AS t (queue_id, position))`,
  // The HA1s hold the extension: with another one they are void (RFC 7616 section 3.4.2).
  updateAlso: `gone AS (
      DELETE FROM agent_queues AS m USING written
      WHERE m.agent_id = ANY ($2) AND m.agent_id = written.id AND m.queue_id <> ALL (written.queue_ids)),
    void AS (
      UPDATE credentials AS c SET ha1_md5 = NULL, ha1_sha256 = NULL, updated_at = now()
      FROM written JOIN agents USING (id)
      WHERE c.agent_id = ANY ($2) AND c.agent_id = written.id AND agents.extension <> written.extension),
    member AS (
      INSERT INTO agent_queues AS m (agent_id, queue_id, position)
      SELECT id, queue_id, position
      FROM written JOIN agents USING (id), unnest(queue_ids) WITH ORDINALITY AS t (queue_id, position)
      WHERE id = ANY ($2)
      ON CONFLICT (agent_id, queue_id) DO UPDATE SET position = EXCLUDED.position
      WHERE m.position <> EXCLUDED.position)`,
  filters: {
    team: (place) => `settings->>'team' = ${place}`,
    groupId: (place) => `settings->'groupIds' ? ${place}`,
    queueId: (place) => `${place} = ANY (queue_ids)`,
    skill: (place) => `skills ? ${place}`,
  },
  rowOf: ({ id, name, extension, skills, queueIds, ...rest }) => ({
    id,
    name,
    extension,
    skills,
    settings: settingsOf(rest),
    queue_ids: [...new Set(queueIds)],
  }),
  toItem: (row) => ({
    ...row.settings,
    id: agentId(row.key),
    name: row.name,
    extension: row.extension,
    skills: row.skills,
    queueIds: row.queue_ids.map(queueId),
  }),
};

/** `realm` is what the phones' digests are computed with: changing it voids every stored HA1. */
export function agentRepository(db: Queryable, means: SecretMeans): AgentRepository {
  const base = keyedRepository<AgentConfig, AgentId, AgentRow>(db, table);
  const secrets = agentSecrets(db, means);
  return {
    ...base,
    ...secrets,
    list: (request, ids) => listByKey(db, table, request, ids),
    async setSecrets(id, own) {
      if (!(await base.get(id))) return err(refusal('NOT_FOUND', `There is no agent ${id}.`));
      await secrets.setSecretsOfAll([{ id, secrets: own }]);
      return ok(undefined);
    },
    async withoutPassword() {
      const { rows } = await db.query<{ id: string }>(
        `SELECT id FROM agents WHERE NOT EXISTS (
           SELECT 1 FROM credentials WHERE agent_id = id AND ha1_md5 IS NOT NULL) ORDER BY id`,
      );
      return rows.map((row) => agentId(row.id));
    },
  };
}

/** What agents type on phones. */
export const agentPins = (db: Queryable): AgentPins => {
  const hashOf = async (id: AgentId): Promise<string | undefined> => {
    const { rows } = await db.query<{ pin_hash: string | null }>(
      'SELECT pin_hash FROM credentials WHERE agent_id = $1',
      [id],
    );
    return rows[0]?.pin_hash ?? undefined;
  };
  return {
    has: async (id) => (await hashOf(id)) !== undefined,
    async verify(id, pin) {
      const hash = await hashOf(id);
      return hash !== undefined && pinMatches(pin, hash);
    },
  };
};

/** Read by one statement: some milliseconds of the thread that routes calls. */
const READ_MAX = 1_000;

/** Every agent, for the engine: thousands, read and made in short turns. */
export async function allAgents(db: Queryable): Promise<readonly AgentConfig[]> {
  const agents: AgentConfig[] = [];
  for (;;) {
    const { rows } = await db.query<AgentRow>({
      name: 'agents_after',
      text: `${table.select} WHERE id > $1 ORDER BY id LIMIT ${READ_MAX}`,
      values: [agents.at(-1)?.id ?? ''],
    });
    agents.push(...(await inSlices(mapInSteps(rows, table.toItem))));
    if (rows.length < READ_MAX) return agents;
  }
}
