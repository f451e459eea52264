import type { Command } from '../acd/commands.ts';
import type { AgentId } from '../model/ids.ts';
import type { FeaturePhrase } from './ports/phrases.ts';

/** What an agent's phone dials to speak with the system, and what it hears (P2). */
export type FeatureCode =
  | {
      readonly kind: 'command';
      readonly confirmation: FeaturePhrase;
      command(agentId: AgentId): Command;
    }
  /** Of the agent with that extension; absent: of the phone's own. */
  | { readonly kind: 'signIn'; readonly extension?: string }
  /** What became of the conversation, by its code. */
  | { readonly kind: 'disposition'; readonly code: string };

/** Closes the phone's calendar, or opens it again. */
export const CLOSURE_CODE = '*75';

/** Listens to the agent of the extension that follows, for whoever may. */
export const SUPERVISION_CODE = /^\*78(\d{2,10})$/;

type CommandCode = Extract<FeatureCode, { kind: 'command' }>;
const commands = (confirmation: FeaturePhrase, command: CommandCode['command']): CommandCode => ({
  kind: 'command',
  confirmation,
  command,
});
const notReady = (reason: string) =>
  commands('notReady', (agentId) => ({ type: 'agent.notReady', agentId, reason }));

const FEATURE_CODES: ReadonlyMap<string, FeatureCode> = new Map<string, FeatureCode>([
  ['*71', { kind: 'signIn' }],
  ['*72', commands('signedOut', (agentId) => ({ type: 'agent.signOut', agentId }))],
  ['*73', commands('ready', (agentId) => ({ type: 'agent.ready', agentId }))],
  ['*74', notReady('phone')],
  ['*76', commands('wrapUpDone', (agentId) => ({ type: 'agent.wrapUpDone', agentId }))],
]);

/** Whoever has the extension that follows signs in at this phone. */
const SIGN_IN_CODE = /^\*71(\d{2,10})$/;
/** Not ready for the reason whose code follows. */
const NOT_READY_CODE = /^\*74(\d{1,8})$/;
/** What became of the conversation: the disposition whose code follows. */
const DISPOSITION_CODE = /^\*77(\d{1,8})$/;

/** What the code means; undefined: there is no such code, or no such reason. `reasons`: ids by the digits. */
export function featureOf(
  dialled: string,
  reasons: ReadonlyMap<string, string>,
): FeatureCode | undefined {
  const extension = SIGN_IN_CODE.exec(dialled)?.[1];
  if (extension !== undefined) return { kind: 'signIn', extension };
  const code = DISPOSITION_CODE.exec(dialled)?.[1];
  if (code !== undefined) return { kind: 'disposition', code };
  const reason = reasons.get(NOT_READY_CODE.exec(dialled)?.[1] ?? '');
  return reason === undefined ? FEATURE_CODES.get(dialled) : notReady(reason);
}

/** It is one of those codes, whatever it means. */
export const isAgentCode = (dialled: string): boolean =>
  FEATURE_CODES.has(dialled) ||
  [SIGN_IN_CODE, NOT_READY_CODE, DISPOSITION_CODE].some((code) => code.test(dialled));

/** Whether it is a code that the house answers itself: by a command, or by a flow. */
export const isFeatureCode = (dialled: string, flows: ReadonlyMap<string, unknown>): boolean =>
  isAgentCode(dialled) || flows.has(dialled) || SUPERVISION_CODE.test(dialled);
