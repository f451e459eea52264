import type { Result } from '../../../lib/result.ts';
import type { SipRequest, SipResponse } from '../message.ts';
import type { ClientFailure } from '../transaction/context.ts';
import type { AnyServerTransaction } from '../transaction/layer.ts';

export interface MessageParts {
  readonly headers?: Iterable<readonly [string, string]>;
  readonly body?: string;
  /** Content-Type, if there is a body: application/sdp unless told otherwise. */
  readonly contentType?: string;
}

/** The final answer to a request of ours, or why there was none. */
export type Outcome = Result<SipResponse, ClientFailure>;

/** Why a session is over. */
export type EndCause =
  | { readonly by: 'local' }
  | { readonly by: 'remote'; readonly request: SipRequest }
  /** No ACK came for our 2xx, or the peer answered 408 or 481 inside the dialog. */
  | { readonly by: 'failure'; readonly reason: string };

/** A re-INVITE or UPDATE of the peer. Answer it once, now or later. */
export interface IncomingOffer {
  readonly request: SipRequest;
  accept(parts?: MessageParts): void;
  reject(status: number, parts?: MessageParts): void;
}

/** What a session tells its owner. All are optional; the defaults are the RFC's polite answers. */
export interface SessionHandlers {
  /** The ACK to our 2xx, first or later; its body is the answer if the INVITE had no offer. */
  onAck?(ack: SipRequest): void;
  /** Default: 488. */
  onReinvite?(offer: IncomingOffer): void;
  /** UPDATE (RFC 3311). Default: as a re-INVITE. */
  onUpdate?(offer: IncomingOffer): void;
  /** INFO, REFER, NOTIFY, MESSAGE, OPTIONS … in the dialog. Default: 200, REFER 603. */
  onRequest?(transaction: AnyServerTransaction): void;
  onEnd?(cause: EndCause): void;
}
