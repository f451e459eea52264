import type Srf from 'drachtio-srf';
import { sipFailure } from './sip-failure.ts';
import { requestWithinDialog } from './within-dialog.ts';

const offering = new WeakSet<Srf.Dialog>();

/** Whether an offer of ours waits for its answer there: one that comes meanwhile is refused by 491. */
export const isOffering = (dialog: Srf.Dialog): boolean => offering.has(dialog);

/**
 * One re-INVITE; resolves with the description in its answer, rejects with a {@link SipFailure}. srf's own `modify`
 * sends none ever again after one that was refused: it goes on waiting for the end of that.
 */
export function reinvite(dialog: Srf.Dialog, sdp: string): Promise<string> {
  // Without a description it would ask the media server for an offer, which nobody would answer.
  if (!sdp) return Promise.reject(sipFailure(488));
  return new Promise((resolve, reject) => {
    offering.add(dialog);
    requestWithinDialog(dialog, { method: 'INVITE', body: sdp }, (error, res) => {
      offering.delete(dialog);
      if (error || !res) return reject(sipFailure(503));
      if (res.status >= 300) return reject(sipFailure(res.status));
      dialog.remote.sdp = res.body;
      // What srf answers by itself when FreeSWITCH sends a re-INVITE.
      dialog.local.sdp = sdp;
      resolve(res.body);
    });
  });
}
