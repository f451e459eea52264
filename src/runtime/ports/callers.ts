import type { RequestAnswer, RequestOrder } from '../../ivr/vocabulary.ts';
import type { PastCall } from '../../model/call.ts';
import type { KnownCaller } from '../../model/contact.ts';
import type { CallId } from '../../model/ids.ts';

export type { RequestAnswer, RequestOrder };

/** Looks a caller up. Implementations answer from memory or within their own time limit, and never throw. */
export interface ContactLookup {
  byNumber(e164: string): Promise<KnownCaller | undefined>;
}

/** What is remembered of a caller. Implementations answer within their own time limit, and never throw. */
export interface CallMemory {
  /** The last calls from the number, or from any other of its owner's; the newest first. */
  recentCalls(e164: string): Promise<readonly PastCall[]>;
}

/** Accounts with a PIN, which callers prove themselves by. Methods reject when nobody can say. */
export interface Accounts {
  /** The owner of the account, if that is its PIN. An unknown account takes as long as a wrong PIN. */
  ownerOf(account: string, pin: string): Promise<KnownCaller | undefined>;
}

/** Who guesses too often waits, from whatever number they call, and whether there is such an account or not. */
export interface AttemptCounter {
  /** Counts an attempt before it is made. False: the account is locked. */
  take(account: string): Promise<boolean>;
  /** It was the right PIN: whatever was counted is forgotten. */
  clear(account: string): Promise<void>;
}

export interface Verifier {
  /** Never rejects. */
  verify(
    account: string,
    pin: string,
    /** In which it was said. */
    callId: CallId,
  ): Promise<
    | { readonly result: 'verified'; readonly caller: KnownCaller }
    | { readonly result: 'failed' | 'locked' | 'unavailable' }
  >;
}

export interface FlowRequests {
  /** Asks, within the order's limit. Never rejects; after `signal` nobody listens any more. */
  send(order: RequestOrder, signal: AbortSignal): Promise<RequestAnswer>;
}

/** A CRM's answer. Not known: it could not be asked, and nothing usable is in memory. */
export type CrmAnswer =
  | { readonly known: true; readonly value: KnownCaller | undefined }
  | { readonly known: false };

export interface Crm extends Accounts {
  /** Within its own time limit; never rejects. */
  byNumber(e164: string): Promise<CrmAnswer>;
}
