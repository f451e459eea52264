import type { KnownCaller } from '../model/contact.ts';
import type { ContactLookup, Crm } from './ports/index.ts';

/** Who is believed first: the CRM, or the table of contacts. */
export const CALLER_ORDERS = ['crm,contacts', 'contacts,crm'] as const;
export type CallerOrder = (typeof CALLER_ORDERS)[number];

/** Telephone numbers leave the house; extensions and SIP names do not. */
const E164 = /^\+[1-9]\d{1,14}$/;

/**
 * Callers as the CRM and the contacts know them.
 *
 * | order          | asks                                  | who counts                                    |
 * |----------------|---------------------------------------|-----------------------------------------------|
 * | `crm,contacts` | both at once                          | the CRM, if it knows the caller; else contacts |
 * | `contacts,crm` | the CRM about those who are in no list | contacts; else the CRM                        |
 *
 * Whoever is blocked in the contacts is blocked: an operator's door needs no CRM's consent. The contact's own id and
 * last agent complete what a CRM says.
 */
export function callerSources(
  order: CallerOrder,
  contacts: ContactLookup,
  crm: Crm,
): ContactLookup {
  const fromCrm = async (e164: string): Promise<KnownCaller | undefined> => {
    if (!E164.test(e164)) return undefined;
    const answer = await crm.byNumber(e164);
    return answer.known ? answer.value : undefined;
  };
  if (order === 'contacts,crm') {
    return {
      byNumber: async (e164) => (await contacts.byNumber(e164)) ?? (await fromCrm(e164)),
    };
  }
  return {
    async byNumber(e164) {
      const [theirs, ours] = await Promise.all([fromCrm(e164), contacts.byNumber(e164)]);
      if (!theirs || ours?.status === 'blocked') return ours;
      return ours ? completed(theirs, ours) : theirs;
    },
  };
}

function completed(theirs: KnownCaller, { id, name, lastAgentId }: KnownCaller): KnownCaller {
  return {
    ...(name ? { name } : {}),
    ...(lastAgentId ? { lastAgentId } : {}),
    ...theirs,
    ...(id ? { id } : {}),
  };
}
