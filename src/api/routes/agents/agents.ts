import type { Static } from 'typebox';
import { type Refusal, refusal } from '../../../lib/errors.ts';
import { err, type Result } from '../../../lib/result.ts';
import { type AgentConfig, type CasualTerms, MONTHLY_CAP_DEFAULT } from '../../../model/agent.ts';
import { liveWire } from '../../../model/agent-wire.ts';
import { agentId, queueId } from '../../../model/ids.ts';
import type { Exhaustion, LedgerView } from '../../../model/ledger.ts';
import type { AgentView } from '../../../runtime/ports/index.ts';
import type { Stored } from '../../../runtime/ports/lists.ts';
import type { AgentRepository, AgentSecrets } from '../../../runtime/ports/objects.ts';
import { madeOnce } from '../../made-once.ts';
import { withoutNulls } from '../../merge.ts';
import { iso } from '../../schemas.ts';
import type { AgentAnswer, AgentBody, AgentPatch, Casual } from './schemas.ts';

type Outcome = Promise<Result<Stored<AgentConfig>, Refusal>>;

export async function createAgent(
  agents: AgentRepository,
  body: Static<typeof AgentBody>,
): Outcome {
  const { sipPassword, pin, casual, ...rest } = body;
  const queueIds = (rest.queueIds ?? []).map(queueId);
  const wanted = {
    skills: {},
    ...rest,
    ...(casual ? { casual: termsOf(casual) } : {}),
    id: agentId(rest.id),
    queueIds,
  };
  const created = await agents.create(wanted);
  return created.ok ? withSecrets(agents, created, secretsOf(sipPassword, pin)) : created;
}

export async function patchAgent(
  agents: AgentRepository,
  current: Stored<AgentConfig>,
  body: Static<typeof AgentPatch>,
): Outcome {
  const { sipPassword, pin, queueIds, casual, ...rest } = body;
  if (rest.extension && rest.extension !== current.extension && sipPassword === undefined)
    return err(refusal('REQUEST_INVALID', 'A new extension needs a new sipPassword.'));
  const wanted = withoutNulls({
    ...current,
    ...rest,
    ...(casual === undefined ? {} : { casual: casual && termsOf(casual) }),
    queueIds: queueIds ? queueIds.map(queueId) : current.queueIds,
  });
  const replaced = await agents.replace(wanted);
  return replaced.ok ? withSecrets(agents, replaced, secretsOf(sipPassword, pin)) : replaced;
}

const termsOf = (casual: Static<typeof Casual>): CasualTerms => ({
  monthlyCap: MONTHLY_CAP_DEFAULT,
  ...casual,
});

const secretsOf = (sipPassword?: string, pin?: string): AgentSecrets => ({
  ...(sipPassword === undefined ? {} : { sipPassword }),
  ...(pin === undefined ? {} : { pin }),
});

async function withSecrets(
  agents: AgentRepository,
  agent: { readonly ok: true; readonly value: Stored<AgentConfig> },
  secrets: AgentSecrets,
): Outcome {
  if (Object.keys(secrets).length === 0) return agent;
  const set = await agents.setSecrets(agent.value.id, secrets);
  return set.ok ? agent : set;
}

/** The agent as stored, with what the engine knows of them if it knows them. */
export const answer = madeOnce(
  (agent: Stored<AgentConfig>, view: AgentView | undefined): Static<typeof AgentAnswer> => ({
    ...agent,
    queueIds: [...agent.queueIds],
    updatedAt: iso(agent.updatedAt),
    ...(view ? { live: liveWire(view) } : {}),
  }),
);

/** The account as it leaves the house: times as ISO 8601 in UTC. */
export function ledgerWire(ledger: LedgerView) {
  const { monthEndsAt, dayEndsAt, hoursChangeAt, exhaustion, calls, past, ...rest } = ledger;
  return {
    ...rest,
    monthEndsAt: iso(monthEndsAt),
    dayEndsAt: iso(dayEndsAt),
    ...(hoursChangeAt === undefined ? {} : { hoursChangeAt: iso(hoursChangeAt) }),
    ...(exhaustion ? { exhaustion: exhaustionWire(exhaustion) } : {}),
    calls: calls.map((call) => ({ ...call, at: iso(call.at) })),
    past: [...past],
  };
}

const exhaustionWire = (exhaustion: Exhaustion) =>
  exhaustion.kind === 'runsOut' ? { ...exhaustion, at: iso(exhaustion.at) } : exhaustion;
