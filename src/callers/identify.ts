import type { CallContext, PastCall } from '../model/call.ts';
import type { KnownCaller } from '../model/contact.ts';

/**
 * What the call's context is once it is known, or known not to be known, who calls. What the flow has learnt
 * already (the intent, the variables, a language that was chosen) stays; a contact's own language goes before the number's.
 */
export function identify(
  context: CallContext,
  caller: KnownCaller | undefined,
  recentCalls: readonly PastCall[] = [],
): CallContext {
  const {
    contactId: _id,
    name: _name,
    lastAgentId: _agent,
    recentCalls: _calls,
    ...rest
  } = context;
  const call = { ...rest, ...(recentCalls.length > 0 ? { recentCalls } : {}) };
  if (!caller) return { ...call, status: 'unknown' };
  const { id, name, status, variables } = caller;
  const language = (context.languageChosen ? undefined : caller.language) ?? context.language;
  const lastAgentId = caller.lastAgentId ?? recentCalls.find(({ agentId }) => agentId)?.agentId;
  return {
    ...call,
    status,
    language,
    ...(id ? { contactId: id } : {}),
    ...(name ? { name } : {}),
    ...(lastAgentId ? { lastAgentId } : {}),
    variables: { ...variables, ...context.variables },
  };
}
