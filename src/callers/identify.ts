import type { CallContext } from '../model/call.ts';
import type { KnownCaller } from '../model/contact.ts';

/**
 * What the call's context is once it is known, or known not to be known, who calls. What the flow has learnt
 * already (the intent, the variables) stays; a contact's own language goes before the number's.
 */
export function identify(context: CallContext, caller: KnownCaller | undefined): CallContext {
  const { contactId: _id, name: _name, lastAgentId: _agent, ...call } = context;
  if (!caller) return { ...call, status: 'unknown' };
  const { id, name, status, language = context.language, lastAgentId, variables } = caller;
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
