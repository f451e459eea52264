import type { QueryResultRow } from 'pg';
import { breather } from '../../lib/slices.ts';
import type {
  AgentRepository,
  AgentSecrets,
  SecretName,
  SecretsOfAgent,
} from '../../runtime/ports/objects.ts';
import { partsOf } from '../parts.ts';
import type { Queryable } from '../pool.ts';
import { ha1, pinMatches } from '../secrets.ts';

/** What agents' secrets are kept by. */
export interface SecretMeans {
  /** Of the phones' digests. */
  readonly realm: string;
  hashPin(pin: string): Promise<string>;
}

interface SecretsRow extends QueryResultRow {
  readonly id: string;
  readonly extension: string;
  readonly ha1_sha256: string | null;
  readonly pin_hash: string | null;
}

interface Hashes {
  readonly agent_id: string;
  readonly ha1_md5?: string;
  readonly ha1_sha256?: string;
  readonly pin_hash?: string;
}

/** The HA1s and the PINs of many agents at once. */
export function agentSecrets(
  db: Queryable,
  { realm, hashPin }: SecretMeans,
): Pick<AgentRepository, 'setSecretsOfAll' | 'otherSecrets'> {
  const stored = async (all: readonly SecretsOfAgent[]) => {
    const { rows } = await db.query<SecretsRow>({
      name: 'agent_secrets',
      text: `SELECT id, extension, ha1_sha256, pin_hash
        FROM agents LEFT JOIN credentials ON agent_id = id WHERE id = ANY ($1)`,
      values: [all.map(({ id }) => id)],
    });
    return new Map(rows.map((row) => [row.id, row]));
  };
  const hashed = async (
    { extension }: SecretsRow,
    { sipPassword, pin }: AgentSecrets,
  ): Promise<Omit<Hashes, 'agent_id'>> => ({
    ...(sipPassword === undefined
      ? {}
      : {
          ha1_md5: ha1('md5', extension, realm, sipPassword),
          ha1_sha256: ha1('sha256', extension, realm, sipPassword),
        }),
    ...(pin === undefined ? {} : { pin_hash: await hashPin(pin) }),
  });
  const others = async (
    row: SecretsRow | undefined,
    { sipPassword, pin }: AgentSecrets,
  ): Promise<readonly SecretName[]> => {
    const found: SecretName[] = [];
    const isKnown = (password: string): boolean =>
      row?.ha1_sha256 === ha1('sha256', row?.extension ?? '', realm, password);
    if (sipPassword !== undefined && !isKnown(sipPassword)) found.push('sipPassword');
    const hash = row?.pin_hash ?? undefined;
    if (pin !== undefined && !(hash && (await pinMatches(pin, hash)))) found.push('pin');
    return found;
  };
  return {
    async setSecretsOfAll(all) {
      const pause = breather();
      for (const part of partsOf(all)) {
        const rows = await stored(part);
        const credentials: Hashes[] = [];
        for (const { id, secrets } of part) {
          const row = rows.get(id);
          if (row) credentials.push({ agent_id: id, ...(await hashed(row, secrets)) });
          await pause();
        }
        await db.query({
          name: 'set_credentials',
          text: SET,
          values: [JSON.stringify(credentials)],
        });
      }
    },
    async otherSecrets(all) {
      const pause = breather();
      const found: (readonly SecretName[])[] = [];
      for (const part of partsOf(all)) {
        const rows = await stored(part);
        for (const { id, secrets } of part) {
          found.push(await others(rows.get(id), secrets));
          await pause();
        }
      }
      return found;
    },
  };
}

/** What is given is set, and the rest stays. */
const SET = `INSERT INTO credentials AS old (agent_id, ha1_md5, ha1_sha256, pin_hash)
  SELECT agent_id, ha1_md5, ha1_sha256, pin_hash FROM jsonb_to_recordset($1)
    AS t (agent_id text, ha1_md5 text, ha1_sha256 text, pin_hash text)
  ON CONFLICT (agent_id) DO UPDATE SET updated_at = now(),
    ha1_md5 = coalesce(EXCLUDED.ha1_md5, old.ha1_md5),
    ha1_sha256 = coalesce(EXCLUDED.ha1_sha256, old.ha1_sha256),
    pin_hash = coalesce(EXCLUDED.pin_hash, old.pin_hash)`;
