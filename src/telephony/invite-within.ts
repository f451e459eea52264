import type Srf from 'drachtio-srf';
import type { Clock } from '../lib/clock.ts';
import { cancelInvite, endDialog, isConnected } from './end-dialog.ts';
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
      cancelInvite(request);
      reject(sipFailure(408));
    });
    // srf calls back with (error, request), though its types say (request).
    const cbRequest = (...[, sent]: unknown[]) => {
      request = sent as Srf.SrfRequest | undefined;
    };
    srf
      .createUAC(uri, options, { cbRequest })
      .then(acknowledge)
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

/** With `noAck` srf gives the offer and a way to answer it instead of a dialog, though its types do not say so. */
interface Unacknowledged {
  readonly sdp: string;
  ack(answer: string): Promise<Srf.Dialog>;
}

/**
 * A channel that made the offer gets an answer in which it sends to nobody (port 9, discard), but in both directions:
 * with srf's own, `recvonly`, FreeSWITCH takes the leg for held, and negotiates anew by itself when it is bridged.
 */
function acknowledge(result: Srf.Dialog | Unacknowledged): Srf.Dialog | Promise<Srf.Dialog> {
  if ('remote' in result) return result;
  const { sdp, ack } = result;
  return ack(sdp.replace(/^m=audio \d+/m, 'm=audio 9')).then((dialog) => {
    dialog.remote.sdp = sdp;
    return dialog;
  });
}
