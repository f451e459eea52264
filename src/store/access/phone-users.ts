import { ROLE_SCOPES, type Role } from '../../model/access.ts';
import { agentId } from '../../model/ids.ts';
import type { PhoneUsers } from '../../runtime/ports/supervision.ts';
import type { Queryable } from '../pool.ts';

interface Row {
  readonly id: string;
  readonly name: string;
  readonly role: Role;
  readonly teams: readonly string[] | null;
}

/** Whoever is at an agent's phone is the user whose agent it is. Of several, the one who may most comes first. */
const OF_AGENT = {
  name: 'phone_user',
  text: `SELECT id, name, role, teams FROM users WHERE agent_id = $1 AND NOT disabled
    ORDER BY array_position(ARRAY['admin', 'supervisor', 'auditor', 'agent'], role), id LIMIT 1`,
};

export const phoneUsers = (db: Queryable): PhoneUsers => ({
  async ofAgent(agent) {
    const { rows } = await db.query<Row>({ ...OF_AGENT, values: [agent] });
    const [row] = rows;
    if (!row) return undefined;
    const { id, name, role, teams } = row;
    return {
      kind: 'user',
      id,
      name,
      scopes: ROLE_SCOPES[role],
      ...(teams === null ? {} : { teams }),
      ...(role === 'agent' ? { agentId: agentId(agent) } : {}),
    };
  },
});
