import type { Command } from '../acd/commands.ts';
import type { AgentId } from '../model/ids.ts';
import type { FeaturePhrase } from './ports.ts';

/** What an agent's phone dials to speak with the system, and what it hears (P2). */
export interface FeatureCode {
  readonly confirmation: FeaturePhrase;
  command(agentId: AgentId): Command;
}

/** Closes the phone's calendar, or opens it again. */
export const CLOSURE_CODE = '*75';

/** Listens to the agent of the extension that follows, for whoever may. */
export const SUPERVISION_CODE = /^\*78(\d{2,10})$/;

export const FEATURE_CODES: ReadonlyMap<string, FeatureCode> = new Map<string, FeatureCode>([
  ['*71', { confirmation: 'signedIn', command: (agentId) => ({ type: 'agent.signIn', agentId }) }],
  [
    '*72',
    { confirmation: 'signedOut', command: (agentId) => ({ type: 'agent.signOut', agentId }) },
  ],
  ['*73', { confirmation: 'ready', command: (agentId) => ({ type: 'agent.ready', agentId }) }],
  [
    '*74',
    {
      confirmation: 'notReady',
      command: (agentId) => ({ type: 'agent.notReady', agentId, reason: 'phone' }),
    },
  ],
  [
    '*76',
    {
      confirmation: 'wrapUpDone',
      command: (agentId) => ({ type: 'agent.wrapUpDone', agentId }),
    },
  ],
]);

/** Not ready for the reason whose code follows. */
const NOT_READY_CODE = /^\*74(\d{1,8})$/;

/** What the code means; undefined: there is no such code, or no such reason. `reasons`: ids by the digits. */
export function featureOf(
  dialled: string,
  reasons: ReadonlyMap<string, string>,
): FeatureCode | undefined {
  const reason = reasons.get(NOT_READY_CODE.exec(dialled)?.[1] ?? '');
  if (reason === undefined) return FEATURE_CODES.get(dialled);
  return {
    confirmation: 'notReady',
    command: (agentId) => ({ type: 'agent.notReady', agentId, reason }),
  };
}

/** It is one of those codes, whatever it means. */
export const isAgentCode = (dialled: string): boolean =>
  FEATURE_CODES.has(dialled) || NOT_READY_CODE.test(dialled);

/** Whether it is a code that the house answers itself: by a command, or by a flow. */
export const isFeatureCode = (dialled: string, flows: ReadonlyMap<string, unknown>): boolean =>
  isAgentCode(dialled) || flows.has(dialled) || SUPERVISION_CODE.test(dialled);
