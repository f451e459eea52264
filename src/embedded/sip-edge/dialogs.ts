import type { Timer } from '../../lib/clock.ts';
import {
  type AnyClientTransaction,
  type AnyServerTransaction,
  callIdOf,
  type Dialog,
  fromTagOf,
  type Retransmitter,
  type SipRequest,
  type Target,
  toTagOf,
} from '../sip/index.ts';
import type { Client } from './client.ts';

/** A provisional response that waits for its PRACK. */
export interface ReliableResponse {
  readonly rseq: number;
  readonly retransmitter: Retransmitter;
  /** A 200 that must not go out before the PRACK (RFC 3262 section 3). */
  heldFinal?: () => void;
}

/**
 * A dialog as the edge keeps it: the stack's part, and whose it is.
 *
 *   trying --first answer of ours / 180 with RSeq--> early --2xx--> stable --BYE--> gone
 *      \______________________ CANCEL, 300-699 _______/
 */
export interface EdgeDialog {
  /** `<Call-ID>;from-tag=<tag of the From of the first request>`, as drachtio-srf expects it. */
  readonly id: string;
  readonly dialog: Dialog;
  readonly role: 'uas' | 'uac';
  readonly method: string;
  /** The transaction of the first request: net for a UAS, app for a UAC. */
  readonly transactionId: string;
  client: Client;
  localContact: string;
  /** The last status of the first request. */
  status: number;
  stable: boolean;
  cancelled: boolean;
  /** The CSeq number of the INVITE of ours that waits for the client's ACK. */
  ackSeq: number;
  lastAck?: { readonly request: SipRequest; readonly target: Target; readonly seq: number };
  retransmitter?: Retransmitter;
  reliable?: ReliableResponse;
  rseq: number;
  /** An UPDATE that came before the first request was answered. */
  earlyUpdate?: AnyServerTransaction;
  /** A re-INVITE of ours that has no final answer yet. */
  pendingInvite?: AnyClientTransaction;
  sessionTimer?: Timer;
  sessionExpiresS: number;
  localSdp: string;
}

/** All dialogs, found by their id and by what an incoming message says. */
export class DialogStore {
  readonly #byId = new Map<string, EdgeDialog>();
  readonly #byTag = new Map<string, EdgeDialog>();
  readonly #byCallId = new Map<string, EdgeDialog>();

  get size(): number {
    return this.#byId.size;
  }

  add(dialog: EdgeDialog): void {
    this.#byId.set(dialog.id, dialog);
    this.#byTag.set(tagKey(dialog.dialog.callId, dialog.dialog.localTag), dialog);
    this.#byCallId.set(dialog.dialog.callId, dialog);
  }

  remove(dialog: EdgeDialog): void {
    dialog.retransmitter?.stop();
    dialog.reliable?.retransmitter.stop();
    dialog.sessionTimer?.cancel();
    dialog.dialog.state = 'terminated';
    const { callId, localTag } = dialog.dialog;
    if (this.#byId.get(dialog.id) === dialog) this.#byId.delete(dialog.id);
    if (this.#byCallId.get(callId) === dialog) this.#byCallId.delete(callId);
    const key = tagKey(callId, localTag);
    if (this.#byTag.get(key) === dialog) this.#byTag.delete(key);
  }

  byId(id: string): EdgeDialog | undefined {
    return this.#byId.get(id);
  }

  byCallId(callId: string): EdgeDialog | undefined {
    const found = this.#byCallId.get(callId);
    return found?.stable ? found : undefined;
  }

  /** The dialog of an incoming request: Call-ID, our tag, and the peer's unless it is not known yet. */
  ofRequest(request: SipRequest): EdgeDialog | undefined {
    const found = this.#byTag.get(tagKey(callIdOf(request), toTagOf(request) ?? ''));
    if (!found) return undefined;
    const { remoteTag } = found.dialog;
    return remoteTag === '' || remoteTag === (fromTagOf(request) ?? '') ? found : undefined;
  }

  [Symbol.iterator](): Iterator<EdgeDialog> {
    return this.#byId.values();
  }
}

const tagKey = (callId: string, localTag: string): string => `${callId}|${localTag}`;

export const dialogIdOf = (callId: string, fromTag: string): string =>
  `${callId};from-tag=${fromTag}`;
