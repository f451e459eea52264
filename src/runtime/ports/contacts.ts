import type { EpochMs } from '../../lib/clock.ts';
import type { Refusal } from '../../lib/errors.ts';
import type { Result } from '../../lib/result.ts';
import type { PastCall } from '../../model/call.ts';
import type { Contact } from '../../model/contact.ts';
import type { CallId, ContactId } from '../../model/ids.ts';
import type { Decide, Page, PageRequest, Repository, Stored } from './lists.ts';

// The people who call.

/** A call in a contact's history. */
export interface ContactCall extends PastCall {
  readonly callId: CallId;
  readonly talkMs: number;
}

/** What a contact proves who they are by; the PIN goes in and never comes out. */
export interface ContactAccount {
  readonly account: string;
  readonly pin: string;
}

/** What may be known of an account. */
export interface AccountState {
  readonly revision: number;
  readonly updatedAt: EpochMs;
}

/** Throws if the account is not to be changed as it is now; undefined: there is none. */
export type DemandAccount = (now: AccountState | undefined) => void;

export interface ContactRepository
  extends Pick<Repository<Contact, ContactId>, 'list' | 'get' | 'create'> {
  /** NOT_FOUND, ALREADY_EXISTS: one of the numbers is somebody else's. */
  change(
    id: ContactId,
    decide: Decide<Stored<Contact>, Contact>,
  ): Promise<Result<Stored<Contact>, Refusal>>;
  /** NOT_FOUND. */
  remove(id: ContactId, demand: Decide<Stored<Contact>, void>): Promise<Result<undefined, Refusal>>;
  /** Their calls, by whatever number, the newest first. */
  history(id: ContactId, request: PageRequest): Promise<Result<Page<ContactCall>, Refusal>>;
  /** Sets the account in place of any other; its lock is over. NOT_FOUND, ALREADY_EXISTS: somebody else's. */
  setAccount(
    id: ContactId,
    account: ContactAccount,
    demand: DemandAccount,
  ): Promise<Result<AccountState, Refusal>>;
  /** NOT_FOUND: there is no such contact, or no account. */
  removeAccount(id: ContactId, demand: DemandAccount): Promise<Result<undefined, Refusal>>;
  /** Whether there is one; neither account nor PIN comes out. */
  account(id: ContactId): Promise<AccountState | undefined>;
  /** The contact whom the number belongs to. */
  byNumber(e164: string): Promise<Stored<Contact> | undefined>;
}
