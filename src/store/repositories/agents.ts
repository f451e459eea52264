import type { QueryResultRow } from 'pg';
import { refusal } from '../../lib/errors.ts';
import { err, ok } from '../../lib/result.ts';
import { inSlices, mapInSteps } from '../../lib/slices.ts';
import type { AgentConfig, Skills } from '../../model/agent.ts';
import { type AgentId, agentId, queueId } from '../../model/ids.ts';
import type { AgentRepository, AgentSecrets } from '../../runtime/ports/objects.ts';
import type { AgentPins } from '../../runtime/ports/phones.ts';
import type { Queryable } from '../pool.ts';
import { ha1, hashPin, pinMatches } from '../secrets.ts';
import { type KeyedTable, keyedRepository, listByKey, type RevisedRow } from './keyed.ts';

interface AgentRow extends RevisedRow {
  readonly name: string;
  readonly extension: string;
  readonly skills: Skills;
  readonly settings: AgentSettings;
  readonly queue_ids: readonly string[];
}

interface SecretsRow extends QueryResultRow {
  readonly extension: string;
  readonly ha1_sha256: string | null;
  readonly pin_hash: string | null;
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
  keyColumn: 'id',
  select: `SELECT id AS key, name, extension, skills, settings, revision, updated_at,
    ARRAY(SELECT queue_id FROM agent_queues WHERE agent_id = agents.id ORDER BY position) AS queue_ids
    FROM agents`,
  insert: `WITH member AS (
      INSERT INTO agent_queues (agent_id, queue_id, position)
      SELECT $1, queue_id, position FROM unnest($5::text[]) WITH ORDINALITY AS t (queue_id, position))
    INSERT INTO agents (id, name, extension, skills, settings) VALUES ($1, $2, $3, $4, $6)`,
  // The HA1s hold the extension: with another one they are void (RFC 7616 section 3.4.2).
  update: `WITH gone AS (
      DELETE FROM agent_queues WHERE agent_id = $1 AND queue_id <> ALL ($5::text[])),
    void AS (
      UPDATE credentials SET ha1_md5 = NULL, ha1_sha256 = NULL, updated_at = now()
      WHERE agent_id = $1 AND EXISTS (SELECT 1 FROM agents WHERE id = $1 AND extension <> $3)),
    member AS (
      INSERT INTO agent_queues (agent_id, queue_id, position)
      SELECT $1, queue_id, position FROM unnest($5::text[]) WITH ORDINALITY AS t (queue_id, position)
      WHERE EXISTS (SELECT 1 FROM agents WHERE id = $1)
      ON CONFLICT (agent_id, queue_id) DO UPDATE SET position = EXCLUDED.position)
    UPDATE agents SET name = $2, extension = $3, skills = $4, settings = $6,
      revision = revision + 1, updated_at = now() WHERE id = $1`,
  remove: 'DELETE FROM agents WHERE id = $1',
  filters: {
    team: (place) => `settings->>'team' = ${place}`,
    groupId: (place) => `settings->'groupIds' ? ${place}`,
    queueId: (place) => `${place} = ANY (queue_ids)`,
    skill: (place) => `skills ? ${place}`,
  },
  parametersOf: ({ id, name, extension, skills, queueIds, ...rest }) => [
    id,
    name,
    extension,
    JSON.stringify(skills),
    [...new Set(queueIds)],
    JSON.stringify(settingsOf(rest)),
  ],
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
export function agentRepository(db: Queryable, realm: string): AgentRepository {
  const base = keyedRepository<AgentConfig, AgentId, AgentRow>(db, table);
  return {
    ...base,
    list: (request, ids) => listByKey(db, table, request, ids),
    async setSecrets(id, secrets) {
      const agent = await base.get(id);
      if (!agent) return err(refusal('NOT_FOUND', `There is no agent ${id}.`));
      await db.query(
        `INSERT INTO credentials AS old (agent_id, ha1_md5, ha1_sha256, pin_hash) VALUES ($1, $2, $3, $4)
         ON CONFLICT (agent_id) DO UPDATE SET updated_at = now(),
           ha1_md5 = coalesce(EXCLUDED.ha1_md5, old.ha1_md5),
           ha1_sha256 = coalesce(EXCLUDED.ha1_sha256, old.ha1_sha256),
           pin_hash = coalesce(EXCLUDED.pin_hash, old.pin_hash)`,
        [id, ...(await hashed(agent.extension, realm, secrets))],
      );
      return ok(undefined);
    },
    hasSecrets: (id, secrets) => hasSecrets(db, realm, id, secrets),
    async withoutPassword() {
      const { rows } = await db.query<{ id: string }>(
        `SELECT id FROM agents WHERE NOT EXISTS (
           SELECT 1 FROM credentials WHERE agent_id = id AND ha1_md5 IS NOT NULL) ORDER BY id`,
      );
      return rows.map((row) => agentId(row.id));
    },
  };
}

async function hashed(
  extension: string,
  realm: string,
  { sipPassword, pin }: AgentSecrets,
): Promise<(string | null)[]> {
  return [
    sipPassword === undefined ? null : ha1('md5', extension, realm, sipPassword),
    sipPassword === undefined ? null : ha1('sha256', extension, realm, sipPassword),
    pin === undefined ? null : await hashPin(pin),
  ];
}

async function hasSecrets(
  db: Queryable,
  realm: string,
  id: AgentId,
  { sipPassword, pin }: AgentSecrets,
): Promise<boolean> {
  const { rows } = await db.query<SecretsRow>(
    `SELECT extension, ha1_sha256, pin_hash FROM agents JOIN credentials ON agent_id = id
     WHERE id = $1`,
    [id],
  );
  const [row] = rows;
  if (!row) return false;
  if (
    sipPassword !== undefined &&
    row.ha1_sha256 !== ha1('sha256', row.extension, realm, sipPassword)
  )
    return false;
  return pin === undefined || (row.pin_hash !== null && pinMatches(pin, row.pin_hash));
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

/** Every agent, for the engine: thousands, made in short turns. */
export async function allAgents(db: Queryable): Promise<readonly AgentConfig[]> {
  const { rows } = await db.query<AgentRow>(`${table.select} ORDER BY id`);
  return inSlices(mapInSteps(rows, table.toItem));
}
