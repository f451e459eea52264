import { callerSources } from '../runtime/caller-sources.ts';
import type { Accounts, ContactLookup } from '../runtime/ports/index.ts';
import type { Parts } from './parts.ts';

/** Who knows callers: the contacts, the CRM, or one after the other. */
export function callersOf({ config: { crm }, store, systems }: Parts): ContactLookup {
  const { contacts } = store;
  return crm && systems.crm ? callerSources(crm.order, contacts, systems.crm) : contacts;
}

/** Who knows accounts and PINs. */
export function accountsOf({ config: { crm }, store, systems }: Parts): Accounts {
  return crm?.verifies && systems.crm ? systems.crm : store.accounts;
}
