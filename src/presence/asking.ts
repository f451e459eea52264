import type Srf from 'drachtio-srf';
import type { Credentials } from '../lib/digest-answer.ts';
import { Proofs } from '../lib/proofs.ts';

/** A final answer to a SUBSCRIBE. */
export interface SipAnswer {
  readonly status: number;
  has(name: string): boolean;
  get(name: string): string | undefined;
}

export type Headers = Readonly<Record<string, string>>;

/** What srf rejects with; without an answer nothing came back, or nothing could be sent. */
export interface Refused {
  readonly status?: number;
  readonly res?: SipAnswer;
}

/** The first SUBSCRIBE of a subscription, proved as often as that is asked for. */
export function subscribe(
  srf: Srf,
  uri: string,
  headers: Headers,
  credentials: Credentials | undefined,
  answered: (refused: Refused | undefined, dialog?: Srf.Dialog) => void,
): void {
  const proofs = new Proofs(credentials);
  const send = (given: Headers): void => {
    let sent: Srf.SrfRequest | undefined;
    const cbRequest = (...[, request]: unknown[]) => {
      sent = request as Srf.SrfRequest | undefined;
    };
    // Not by its promise: srf itself answers a NOTIFY that comes before anybody listens to the dialog.
    const done = (error: unknown, dialog?: Srf.Dialog): void => {
      if (dialog) return answered(undefined, dialog);
      const refused = (error ?? {}) as Refused;
      const { status = 0, res } = refused;
      const proof = res && proofs.after(status, res, { method: 'SUBSCRIBE', uri });
      if (!proof || !sent) return answered(refused);
      const { From: _, ...others } = given;
      const seq = Number.parseInt(sent.get('CSeq'), 10) + 1;
      send({ ...others, ...proof, From: sent.get('From'), CSeq: `${seq} SUBSCRIBE` });
    };
    try {
      const options = { method: 'SUBSCRIBE', headers: { ...given } };
      (srf as unknown as Creates).createUAC(uri, options, { cbRequest }, done);
    } catch (error) {
      done(error);
    }
  };
  send(headers);
}

/** A SUBSCRIBE within the dialog. srf's types say that it takes a request and gives nothing. */
export async function subscribeAgain(
  dialog: Srf.Dialog,
  headers: Headers,
  credentials: Credentials | undefined,
): Promise<SipAnswer> {
  const proofs = new Proofs(credentials);
  let proof: Headers | undefined = {};
  for (;;) {
    const request = { method: 'SUBSCRIBE', headers: { ...headers, ...proof } };
    const res = await (dialog as unknown as Asks).request(request);
    proof = proofs.after(res.status, res, { method: 'SUBSCRIBE', uri: dialog.remote.uri });
    if (!proof) return res;
  }
}

/** With a callback, which srf's types give other arguments. */
interface Creates {
  createUAC(
    uri: string,
    request: object,
    progress: object,
    answered: (error: unknown, dialog?: Srf.Dialog) => void,
  ): void;
}

interface Asks {
  request(what: object): Promise<SipAnswer>;
}
