import type { Static } from 'typebox';
import { CodedError, refusal } from '../../../lib/errors.ts';
import { type Principal, ROLE_SCOPES, type Scope } from '../../../model/access.ts';
import { agentId } from '../../../model/ids.ts';
import type { Session, StoredUser, User } from '../../../runtime/ports/access.ts';
import { iso } from '../../schemas.ts';
import type { UserBody, UserPatch } from './schemas.ts';

export const answer = ({ createdAt, updatedAt, ...user }: StoredUser) => ({
  ...user,
  createdAt: iso(createdAt),
  updatedAt: iso(updatedAt),
});

export const sessionAnswer = ({ createdAt, lastSeenAt, expiresAt, ...session }: Session) => ({
  ...session,
  createdAt: iso(createdAt),
  lastSeenAt: iso(lastSeenAt),
  expiresAt: iso(expiresAt),
});

type Body = Omit<Static<typeof UserBody>, 'password'>;

export const userFrom = (body: Body): User => checked(userOf(body));

/** Whether it makes sense or not. */
export function userOf(body: Body): User {
  const { id, name, role, agentId: agent, teams, disabled = false } = body;
  return {
    id,
    name,
    role,
    disabled,
    ...(teams === undefined ? {} : { teams }),
    ...(agent === undefined ? {} : { agentId: agentId(agent) }),
  };
}

export function patched(
  { teams, agentId: agent, ...current }: User,
  patch: Omit<Static<typeof UserPatch>, 'password'>,
): User {
  const { teams: newTeams, agentId: newAgent, ...rest } = patch;
  const teamsNow = newTeams === undefined ? teams : newTeams;
  const agentNow = newAgent === undefined ? agent : newAgent;
  return checked({
    ...current,
    ...rest,
    ...(teamsNow ? { teams: teamsNow } : {}),
    ...(agentNow ? { agentId: agentId(agentNow) } : {}),
  });
}

/** A limit that the role does not have would limit nothing, and somebody would believe that it did. */
function checked(user: User): User {
  const invalid = (detail: string) => new CodedError(refusal('REQUEST_INVALID', detail));
  if (user.role === 'agent' && user.agentId === undefined)
    throw invalid('body/agentId is needed with the role agent');
  if (user.role === 'auditor' && user.agentId !== undefined)
    throw invalid('body/agentId is not for the role auditor, who steers nobody by phone');
  if (user.role !== 'supervisor' && user.teams !== undefined)
    throw invalid('body/teams is for the role supervisor only');
  return user;
}

/** Nobody gives what they do not have themselves: neither a scope, nor more agents than they reach. */
export function demandToGive(
  principal: Principal,
  scopes: readonly Scope[],
  teams: readonly string[] | undefined,
): void {
  const missing = scopes.find((scope) => !principal.scopes.includes(scope));
  if (missing !== undefined)
    throw new CodedError(refusal('FORBIDDEN', `Who has not ${missing} cannot give it.`));
  const { teams: own } = principal;
  if (own && !teams?.every((team) => own.includes(team)))
    throw new CodedError(refusal('FORBIDDEN', `Only the teams ${own.join(', ')} can be given.`));
}

export const scopesOfRole = (role: User['role']): readonly Scope[] => ROLE_SCOPES[role];
