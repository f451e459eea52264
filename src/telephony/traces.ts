import type Srf from 'drachtio-srf';
import type { Clock } from '../lib/clock.ts';

/** Where it stands which legs there are, so that the next process knows it: the journal. */
export interface LegMemory {
  /** What the process before this one has left, by key. */
  readonly left: ReadonlyMap<string, unknown>;
  keep(key: string, trace: Trace): void;
  drop(key: string): void;
}

/** What a process that dies leaves is nobody's. */
export const NO_MEMORY: LegMemory = { left: new Map(), keep: () => {}, drop: () => {} };

/** A dialog, or an INVITE that has no answer yet. */
export type Trace = DialogTrace | InviteTrace;

interface DialogTrace extends Speaking {
  readonly kind: 'dialog';
  readonly dialogId: string;
}

interface InviteTrace {
  readonly kind: 'invite';
  readonly uri: string;
  readonly transactionId: string;
  /** How its dialog is spoken in, once a phone has said that it rings. */
  readonly early?: Speaking;
}

/** What a request in a dialog says, and where it goes. */
interface Speaking {
  readonly remoteUri: string;
  readonly sipCallId: string;
  /** As we write them; with tags. */
  readonly from: string;
  readonly to: string;
  /** Where its messages came from, if an answer gets there at any time. */
  readonly hop?: string;
}

/** An INVITE that is kept in mind. */
export interface InviteKept {
  /** A provisional response has come. */
  heard(response: Srf.SrfResponse): void;
  /** It has its answer, or needs none. */
  forget(): void;
}

export const INVITE_NOT_KEPT: InviteKept = { heard: () => {}, forget: () => {} };

/** Above every number of a dialog that has begun as ours do (RFC 3261 section 12.2.1.1). */
const LAST_CSEQ = 2_000_000_000;
/** So many at a time, in so many milliseconds: nobody waits for the last of them but who sits in silence. */
const AT_ONCE = 50;
const PAUSE_MS = 100;

/**
 * Keeps trace of the legs that there are. When this process dies, or drachtio does, nobody is told: callers hear nothing
 * any more, phones ring on. What was left is ended as soon as somebody can say so.
 */
export class Traces {
  readonly #srf: Srf;
  readonly #clock: Clock;
  readonly #memory: LegMemory;
  readonly #living = new Map<string, Trace>();
  #left: readonly (readonly [string, unknown])[];

  constructor(srf: Srf, clock: Clock, memory: LegMemory) {
    this.#srf = srf;
    this.#clock = clock;
    this.#memory = memory;
    this.#left = [...memory.left];
  }

  /** Returns what is to be called at its end. */
  dialog(dialog: Srf.Dialog): () => void {
    const trace = traceOf(dialog as Srf.Dialog & Inside);
    return this.#keep(trace.dialogId, trace);
  }

  invite(invite: Srf.SrfRequest): InviteKept {
    const transactionId = stackTxnIdOf(invite);
    const trace = { kind: 'invite', uri: invite.uri, transactionId } as const;
    const forget = this.#keep(transactionId, trace);
    let isSettled = false;
    return {
      forget() {
        isSettled = true;
        forget();
      },
      heard: (response) => {
        const early = isSettled ? undefined : earlyDialogOf(invite, response);
        if (!early) return;
        isSettled = true;
        this.#keep(transactionId, { ...trace, early });
      },
    };
  }

  /** The connection to drachtio is gone, and the dialogs with it: they are left behind like those of a process that died. */
  lost(): void {
    this.#left = [...this.#left, ...this.#living];
    this.#living.clear();
  }

  /** Ends all that was left behind, once; how many there were. */
  endLeft(): number {
    const left = this.#left;
    this.#left = [];
    this.#end(left);
    return left.length;
  }

  #end(left: readonly (readonly [string, unknown])[]): void {
    for (const [key, trace] of left.slice(0, AT_ONCE)) {
      this.#memory.drop(key);
      this.#over(trace as Trace);
    }
    const rest = left.slice(AT_ONCE);
    if (rest.length > 0) this.#clock.after(PAUSE_MS, () => this.#end(rest));
  }

  #keep(key: string, trace: Trace): () => void {
    this.#living.set(key, trace);
    this.#memory.keep(key, trace);
    return () => {
      if (this.#living.delete(key)) this.#memory.drop(key);
    };
  }

  /** drachtio-server knows it still; where it has begun anew itself, or was the embedded one, nobody does. */
  #over(trace: Trace): void {
    if (trace.kind === 'dialog') {
      const { remoteUri, dialogId } = trace;
      this.#request(remoteUri, { method: 'BYE', stackDialogId: dialogId }, () => this.#bye(trace));
      return;
    }
    const { uri, transactionId: stackTxnId, early } = trace;
    this.#request(uri, { method: 'CANCEL', stackTxnId }, () => early && this.#bye(early));
  }

  /** A BYE that says all by itself. Who has called may end an early dialog by it, too (RFC 3261 section 15). */
  #bye({ remoteUri, from, to, sipCallId, hop }: Speaking): void {
    const headers = { From: from, To: to, 'Call-ID': sipCallId, CSeq: `${LAST_CSEQ} BYE` };
    this.#request(remoteUri, { method: 'BYE', headers, ...(hop ? { proxy: hop } : {}) });
  }

  #request(uri: string, request: object, failed: () => void = () => {}): void {
    // drachtio-server dies of a request to another kind of address.
    if (!/^sips?:/i.test(uri)) return;
    (this.#srf as unknown as Requester).request(uri, request, (error) => {
      if (error) failed();
    });
  }
}

function traceOf({ id, type, req, res, sip, remote }: Srf.Dialog & Inside): DialogTrace {
  const isCaller = type === 'uas';
  return {
    kind: 'dialog',
    dialogId: id,
    remoteUri: remote.uri,
    sipCallId: sip.callId,
    from: isCaller ? `${req.get('To')};tag=${sip.localTag}` : req.get('From'),
    to: isCaller ? req.get('From') : res.get('To'),
    ...hopOf(isCaller ? req : res),
  };
}

/** Undefined: it makes none, without a tag (RFC 3261 section 12.1.2). */
function earlyDialogOf(invite: Srf.SrfRequest, response: Srf.SrfResponse): Speaking | undefined {
  const to = response.get('To');
  if (!/;\s*tag=/i.test(to)) return undefined;
  const remoteUri = /<(sips?:[^>]+)>/i.exec(response.get('Contact') ?? '')?.[1] ?? invite.uri;
  const [sipCallId, from] = [invite.get('Call-ID'), invite.get('From')];
  return { remoteUri, sipCallId, from, to, ...hopOf(response as unknown as Message) };
}

const hopOf = ({ protocol, source_address, source_port }: Message): { hop?: string } =>
  protocol === 'udp' ? { hop: `sip:${source_address}:${source_port}` } : {};

const stackTxnIdOf = (invite: Srf.SrfRequest): string =>
  (invite as unknown as { readonly stackTxnId: string }).stackTxnId;

/** srf's types have other arguments, none of which say to what dialog or transaction a request belongs. */
interface Requester {
  request(uri: string, options: object, sent: (error: unknown) => void): void;
}

interface Message {
  get(name: string): string;
  readonly protocol: string;
  readonly source_address: string;
  readonly source_port: string | number;
}

/** Of srf's dialog, what its types leave out: the INVITE and the answer that have made it. */
interface Inside {
  readonly id: string;
  readonly type: 'uas' | 'uac';
  readonly req: Message;
  readonly res: Message;
}
