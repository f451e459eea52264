import type { CallContext } from '../model/call.ts';
import type { Contact } from '../model/contact.ts';

/**
 * What the call's context is once it is known, or known not to be known, who calls. What the flow has learnt
 * already (the intent, the variables) stays; a contact's own language goes before the number's.
 */
export function identify(context: CallContext, contact: Contact | undefined): CallContext {
  const { contactId: _id, name: _name, lastAgentId: _agent, ...call } = context;
  if (!contact) return { ...call, status: 'unknown' };
  return {
    ...call,
    status: contact.status,
    language: contact.language ?? context.language,
    contactId: contact.id,
    name: contact.name,
    ...(contact.lastAgentId ? { lastAgentId: contact.lastAgentId } : {}),
  };
}
