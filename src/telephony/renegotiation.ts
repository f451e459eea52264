import type Srf from 'drachtio-srf';
import { CAPABILITIES } from './capabilities.ts';
import type { Channel } from './channel.ts';
import { descriptionOf, isHold, isTooLarge } from './description-of.ts';
import { unsupportedExtensions } from './extensions.ts';
import type { LegWishes } from './refer.ts';
import { isOffering } from './reinvite.ts';
import { sessionAnswer } from './session-asked.ts';
import type { SipFailure } from './sip-failure.ts';

/**
 * Hold, retrieve and new addresses: what the far end proposes, by re-INVITE or UPDATE, goes to the media server,
 * whose answer goes back. That it holds or retrieves is told once it has its answer. `unanswered`: our first offer has no
 * answer in the ACK, or none that can be used.
 */
export function passRenegotiation(
  dialog: Srf.Dialog,
  channel: Channel,
  wishes?: Pick<LegWishes, 'held'>,
  unanswered?: () => void,
): void {
  let held = false;
  let told = false;
  const agreed = async (offer: string): Promise<void> => {
    if (offer === '') return;
    held = isHold(offer);
    if (!held) await channel.settled();
    // Held again meanwhile, it never was retrieved.
    if (held === told) return;
    told = held;
    wishes?.held(held);
  };
  const offered = (req: Srf.SrfRequest, res: Srf.SrfResponse): void => {
    // Offers that cross are both refused, and made again a while later (RFC 3261 section 14.2, RFC 3311 section 5.2).
    if (isOffering(dialog)) res.send(491);
    else void answer(req, res, channel, agreed);
  };
  dialog.on('modify', offered);
  dialog.on('update', (req, res) =>
    req.body ? offered(req, res) : res.send(200, { headers: agreedTo(req) }),
  );
  // An INVITE without an offer was answered with ours: the answer to it comes in the ACK (RFC 3264 section 4).
  let lacking = unanswered;
  dialog.on('ack', (ack) => {
    const failed = lacking ?? (() => {});
    lacking = undefined;
    const answered = descriptionOf(ack);
    if (!answered) return failed();
    channel
      .renegotiate(answered)
      .then(() => agreed(answered))
      .catch(failed);
  });
}

const agreedTo = (req: Srf.SrfRequest): Record<string, string> => ({
  ...CAPABILITIES,
  ...sessionAnswer(req),
});

async function answer(
  req: Srf.SrfRequest,
  res: Srf.SrfResponse,
  channel: Channel,
  agreed: (offer: string) => Promise<void>,
): Promise<void> {
  const unsupported = unsupportedExtensions(req);
  if (unsupported.length > 0) {
    res.send(420, { headers: { Unsupported: unsupported.join(', ') } });
    return;
  }
  const offer = descriptionOf(req);
  if (offer === undefined) {
    if (isTooLarge(req)) res.send(413);
    else res.send(415, { headers: { Accept: 'application/sdp' } });
    return;
  }
  try {
    const body = offer ? await channel.renegotiate(offer) : channel.sdp;
    res.send(200, { body, headers: agreedTo(req) });
  } catch (error) {
    // Whoever was told that offers crossed tries again (RFC 3261 section 14.1); 488 leaves the call as it was.
    res.send((error as SipFailure).status === 491 ? 491 : 488);
    return;
  }
  await agreed(offer);
}
