import type Srf from 'drachtio-srf';
import type { Credentials } from '../lib/digest-answer.ts';
import { Proofs } from '../lib/proofs.ts';

export interface DialogRequest {
  readonly method: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

type Answered = (error: unknown, response: Srf.SrfResponse | undefined) => void;

const credentials = new WeakMap<Srf.Dialog, Credentials>();

/** Whoever asked for a proof of the INVITE may ask for one of whatever follows. */
export function proveWithin(dialog: Srf.Dialog, own: Credentials | undefined): void {
  if (own) credentials.set(dialog, own);
}

export const provesWithin = (dialog: Srf.Dialog): boolean => credentials.has(dialog);

/** A request within a dialog, and its final response; who is challenged and has the password asks again. */
export function requestWithinDialog(
  dialog: Srf.Dialog,
  { method, headers = {}, body }: DialogRequest,
  answered: Answered,
): void {
  const proofs = new Proofs(credentials.get(dialog));
  const send = (more: Readonly<Record<string, string>>): void => {
    const request = { method, headers: { ...headers, ...more }, ...(body ? { body } : {}) };
    dialog.request(request as unknown as Srf.SrfRequest, (error, response) => {
      if (error || !response) return answered(error ?? new Error('no response'), undefined);
      if (response.status < 200) return;
      const uri = dialog.remote.uri;
      const proof = proofs.after(response.status, response, { method, uri });
      if (proof) send(proof);
      else answered(undefined, response);
    });
  };
  send({});
}
