import type { Actor } from '../lib/acting.ts';
import type { AgentId } from './ids.ts';

/**
 * What somebody may do. `read` looks, `write` changes what is stored, `act` changes what is going on.
 *
 * | area | of what |
 * |---|---|
 * | configuration | numbers, flows, queues, calendars, prompts, trunks, agents as they are configured … |
 * | agents | who the agents are and what they are doing; `agents:act` sets their state |
 * | contacts | the people known to the company |
 * | calls | calls in progress and call backs; `calls:act` transfers, reorders, hangs up, cancels |
 * | records | CDRs, events, why, voicemails, surveys |
 * | recordings | the sound of conversations and messages |
 * | reports | figures; `reports:write` has them computed anew |
 * | supervision | to listen, whisper and barge |
 * | access | users, keys and sessions |
 */
export const SCOPES = [
  'configuration:read',
  'configuration:write',
  'agents:read',
  'agents:act',
  'contacts:read',
  'contacts:write',
  'calls:read',
  'calls:act',
  'records:read',
  'records:write',
  'recordings:read',
  'recordings:write',
  'supervision:act',
  'reports:read',
  'reports:write',
  'feed:read',
  'webhooks:read',
  'webhooks:write',
  'access:read',
  'access:write',
  'audit:read',
] as const;
export type Scope = (typeof SCOPES)[number];

/** What a route asks for: a scope; `self`: to be known at all; `open`: nothing. */
export type RouteScope = Scope | 'self' | 'open';

export const ROLES = ['admin', 'supervisor', 'agent', 'auditor'] as const;
export type Role = (typeof ROLES)[number];

/** Roles are sets of scopes. Who is limited to teams or to themselves has them for those alone. */
export const ROLE_SCOPES: Readonly<Record<Role, readonly Scope[]>> = {
  admin: SCOPES,
  supervisor: [
    'configuration:read',
    'agents:read',
    'agents:act',
    'contacts:read',
    'contacts:write',
    'calls:read',
    'calls:act',
    'records:read',
    'records:write',
    'recordings:read',
    'supervision:act',
    'reports:read',
    'feed:read',
  ],
  agent: ['agents:read', 'agents:act', 'contacts:read', 'calls:read', 'calls:act', 'feed:read'],
  auditor: [
    'configuration:read',
    'agents:read',
    'contacts:read',
    'calls:read',
    'records:read',
    'recordings:read',
    'reports:read',
    'feed:read',
    'webhooks:read',
    'access:read',
    'audit:read',
  ],
};

/** Who asks, and what they may. */
export interface Principal {
  readonly kind: 'key' | 'user';
  readonly id: string;
  readonly name: string;
  readonly scopes: readonly Scope[];
  /** Present: only the agents of these teams, and what is theirs. */
  readonly teams?: readonly string[];
  /** Present: only this agent, and what is theirs. */
  readonly agentId?: AgentId;
}

export type { Actor };

export const actorOf = ({ kind, id, name }: Principal): Actor => ({ kind, id, name });

export const isScope = (text: string): text is Scope =>
  (SCOPES as readonly string[]).includes(text);

/** What of an agent decides who may see and steer them. */
export interface Reachable {
  readonly id: AgentId;
  readonly team?: string | undefined;
}

/** Whether the principal may see and act on this agent and what is theirs. */
export function reaches({ teams, agentId }: Principal, agent: Reachable): boolean {
  if (agentId !== undefined) return agent.id === agentId;
  return teams === undefined || (agent.team !== undefined && teams.includes(agent.team));
}

/** Whether the principal is not limited to some of the agents. */
export const reachesAll = ({ teams, agentId }: Principal): boolean =>
  teams === undefined && agentId === undefined;
