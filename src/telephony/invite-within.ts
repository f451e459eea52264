import type Srf from 'drachtio-srf';
import type { Clock } from '../lib/clock.ts';
import { endDialog, isConnected } from './end-dialog.ts';
import { sipFailure } from './sip-failure.ts';

/**
 * An INVITE that fails with 408 when it has no final answer in time: Timer B's 32 s are more than anybody waits,
 * and with a connection to drachtio that breaks meanwhile no answer comes at all. One that comes too late is hung up.
 */
export function inviteWithin(
  limitMs: number,
  clock: Clock,
  srf: Srf,
  uri: string,
  options: Srf.CreateUACOptions,
): Promise<Srf.Dialog> {
  return new Promise((resolve, reject) => {
    let request: Srf.SrfRequest | undefined;
    let late = false;
    const timer = clock.after(limitMs, () => {
      late = true;
      request?.cancel(() => {});
      reject(sipFailure(408));
    });
    // srf calls back with (error, request), though its types say (request).
    const cbRequest = (...[, sent]: unknown[]) => {
      request = sent as Srf.SrfRequest | undefined;
    };
    srf
      .createUAC(uri, options, { cbRequest })
      .then((dialog) => {
        timer.cancel();
        if (late) endDialog(dialog);
        else if (isConnected(dialog)) resolve(dialog);
        else reject(sipFailure(503));
      })
      .catch((error: unknown) => {
        timer.cancel();
        reject(error);
      });
  });
}
